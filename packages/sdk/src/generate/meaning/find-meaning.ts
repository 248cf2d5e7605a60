import type { JsonSchema, Tool } from '../../toolset/index.js';
import { wordsOfName } from '../language/words-of-name.js';
import { type Meaning, meanings } from './meanings.js';

/** What an argument means, by its name first, then by its description and the tool; undefined where nothing tells, and of numbers and booleans. */
export function findMeaning(
  name: string,
  schema: JsonSchema,
  tool: Pick<Tool, 'name' | 'description'>,
): Meaning | undefined {
  const words = wordsOfName(name).join(' ');
  const description = typeof schema === 'object' && typeof schema.description === 'string' ? schema.description : '';
  const isKind = /^(kinds?|types?|sorts?) of\b/i.test(description) || /\b(type|kind|item)$/.test(words);
  const toolText = `${wordsOfName(tool.name).join(' ')} ${tool.description ?? ''}`;
  const isNoText = typeof schema === 'object' && ['integer', 'number', 'boolean'].includes(schema.type as string);
  if (isNoText) return undefined;
  const isChoice = typeof schema === 'object' && Array.isArray(schema.enum);
  let best: Meaning | undefined;
  let bestScore = 0;
  for (const meaning of meanings) {
    // What is chosen from a list is spoken of by such a list's words, if by any.
    if (isChoice && !listed.has(meaning.id)) continue;
    const named = meaning.name.exec(words);
    const described = meaning.description?.test(description) ?? false;
    if (named === null && !described) continue;
    const ofTool = meaning.tool?.test(toolText);
    if (ofTool === false && !(named !== null && described)) continue;
    // A name that is matched to its end says more: in "restaurant type" it is "type" that counts.
    const score =
      (named === null
        ? 0
        : 2 + named[0].length / Math.max(1, words.length) + (words.endsWith(named[0].trim()) ? 1 : 0)) +
      (described ? 1.2 : 0) +
      (isKind && /^(kind|music item|series type|restaurant type)/.test(meaning.id) ? 1 : 0) +
      (ofTool === true ? 0.5 : ofTool === false ? -0.5 : 0);
    if (score > bestScore) [best, bestScore] = [meaning, score];
  }
  return best;
}

const listed = new Set([
  ...['room', 'color', 'device', 'list', 'language', 'currency', 'order', 'facility', 'cuisine', 'music item', 'genre'],
  ...['restaurant type', 'music service', 'app', 'kind of book', 'kind of work', 'kind of films', 'kind of venue'],
]);

/** Values that a description names: "for example restaurant, bar or pub", "such as", "e.g.". */
export function describedExamples(schema: JsonSchema): string[] {
  if (typeof schema !== 'object') return [];
  const given = Array.isArray(schema.examples) ? schema.examples.filter((value) => typeof value === 'string') : [];
  const description = typeof schema.description === 'string' ? schema.description : '';
  const named = /(?:for example|for instance|such as|e\.g\.|like)[:,]?\s+([^.;()]+)/i.exec(description)?.[1] ?? '';
  const examples = named
    .split(/,|\bor\b|\band\b/)
    .map((part) => part.trim().replaceAll(/^["'`]|["'`]$/g, ''))
    .filter((part) => part !== '' && part.length < 40);
  return [...new Set([...given, ...examples])];
}
