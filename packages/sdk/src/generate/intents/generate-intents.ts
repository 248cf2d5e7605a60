import type { IntentExample } from '../../dataset/index.js';
import { TooltuneError } from '../../errors/index.js';
import { createRandom, type Random } from '../../random/index.js';
import type { IntentDescription } from '../../schemas/index.js';
import { createRowGate } from '../accept/row-gate.js';
import { chance, choose } from '../choose.js';
import { splitRows } from '../generate-dataset.js';
import { paraphrase } from '../language/paraphrase.js';
import { formOf } from '../language/sentences.js';
import { contentWords, createOutOfScope } from './out-of-scope.js';

export interface GenerateIntentsOptions {
  intents: readonly IntentDescription[];
  /** Rows in all, the given texts included. */
  count: number;
  seed?: number | string;
  /** Share of the rows that are about none of the intents (`intent: null`). Default 0.15. */
  outOfScope?: number | undefined;
  /** Shares that are held out of training. Default 0.1 each. */
  validationFraction?: number | undefined;
  testFraction?: number | undefined;
}

export interface GeneratedIntents {
  train: IntentExample[];
  validation: IntentExample[];
  test: IntentExample[];
  /** Rows by intent, those out of scope under the empty name. */
  intents: Record<string, number>;
  /** Intents whose texts gave fewer different rows than their share, with what they should have had. */
  short: Record<string, number>;
}

/** Draws in a row that bring nothing new before an intent counts as said. */
const patience = 200;

/**
 * Writes texts with their intents: the given ones in other words, and general ones that are about something else. No two
 * texts of an intent are nearly the same, and none says words that the others alone say. The same options give the same rows.
 * @throws TooltuneError `generate/bad-option`, `generate/exhausted` where nothing can be written that is out of scope
 */
export function generateIntents(options: GenerateIntentsOptions): GeneratedIntents {
  const { intents, count, seed = 1, outOfScope = 0.15 } = options;
  checkOptions(options);
  const random = createRandom(seed).fork('intents');
  const gate = createRowGate({});
  const rows: IntentExample[] = [];
  const counts: Record<string, number> = Object.fromEntries(intents.map(({ intent }) => [intent, 0]));
  const keep = (text: string, intent: string | null): true => {
    rows.push({ ...asExample(text, intent), location: { file: 'generated', line: rows.length + 1 } });
    counts[intent ?? ''] = (counts[intent ?? ''] ?? 0) + 1;
    return true;
  };
  for (const { intent, texts } of intents) {
    for (const text of texts) if (gate.addAsIs(asExample(text, intent))) keep(text, intent);
  }
  const short: Record<string, number> = {};
  const fill = (name: string | null, wanted: number, draw: () => string) => {
    let failed = 0;
    while ((counts[name ?? ''] ?? 0) < wanted && failed < patience) {
      const text = draw();
      if (gate.add(asExample(text, name)) === undefined && keep(text, name)) failed = 0;
      else failed++;
    }
    if ((counts[name ?? ''] ?? 0) < wanted) short[name ?? ''] = wanted;
  };

  const outside = Math.round(outOfScope * count);
  const shares = evenly(count - outside, intents.length);
  const wordsOf = new Map(intents.map((described) => [described, new Set(wordsOfIntent(described))]));
  for (const [index, described] of intents.entries()) {
    const isAllowed = allowedWords(described, wordsOf);
    const own = random.fork(described.intent);
    fill(described.intent, shares[index]!, () => sayAgain(own, described, isAllowed));
  }
  if (outside > 0) {
    const draw = createOutOfScope(new Set(intents.flatMap(wordsOfIntent)));
    if (draw === undefined) {
      const message =
        'every general text speaks of one of the intents; ask for none (--out-of-scope 0), and write some of your own';
      throw new TooltuneError('generate/exhausted', message);
    }
    const own = random.fork('out of scope');
    fill(null, outside, () => {
      const text = draw(own);
      return chance(own, 0.6) ? paraphrase(own, text, { isAllowed: () => false }) : text;
    });
  }
  return { ...splitRows(random.shuffle(rows), options), intents: counts, short };
}

const asExample = (text: string, intent: string | null): IntentExample => ({
  ...{ kind: 'intent', text, intent },
  location: { file: 'generated' },
});

function checkOptions({ intents, count, outOfScope = 0.15 }: GenerateIntentsOptions): void {
  const refuse = (message: string) => {
    throw new TooltuneError('generate/bad-option', message);
  };
  if (!Number.isInteger(count) || count < 1) refuse(`count must be a whole number above 0, it is ${count}`);
  if (!(outOfScope >= 0 && outOfScope < 1)) refuse(`outOfScope must be from 0 to below 1, it is ${outOfScope}`);
  const names = intents.map(({ intent }) => intent);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) refuse(`"${twice}" is described twice; give all of its texts in one place`);
  if (names.includes('')) refuse('an intent has no name');
  const texts = intents.reduce((sum, intent) => sum + intent.texts.length, 0);
  if (texts > count) refuse(`the intents have ${texts} texts already; ask for more rows than that`);
}

function evenly(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor(total / parts) + (index < total % parts ? 1 : 0));
}

const wordsOfIntent = ({ intent, description = '', texts }: IntentDescription): string[] =>
  contentWords([intent.replaceAll(/[_-]+/g, ' '), description, ...texts].join(' . '));

/** Words that only other intents say would make a text theirs. */
function allowedWords(
  own: IntentDescription,
  wordsOf: ReadonlyMap<IntentDescription, ReadonlySet<string>>,
): (word: string) => boolean {
  const mine = wordsOf.get(own)!;
  const others = [...wordsOf].flatMap(([one, words]) => (one === own ? [] : [words]));
  const isTheirs = (stem: string) => others.some((words) => words.has(stem));
  return (word) => contentWords(word).every((stem) => mine.has(stem) || !isTheirs(stem));
}

/** One of the texts in other words, or two of them together. */
function sayAgain(random: Random, { texts }: IntentDescription, isAllowed: (word: string) => boolean): string {
  const text = choose(random, texts);
  if (texts.length < 2 || !chance(random, 0.2)) return paraphrase(random, text, { isAllowed });
  const other = choose(
    random,
    texts.filter((one) => one !== text),
  );
  // What happened comes before what is asked.
  const [first, second] = formOf(other) === 'statement' || formOf(text) === 'question' ? [other, text] : [text, other];
  const joint = choose(random, ['. ', ', ', '. ', ' - ', '. Also, ']);
  return `${paraphrase(random, first, { isAllowed, part: 'first' }).replace(/[.!?]$/, '')}${joint}${paraphrase(random, second, { isAllowed, part: 'last' })}`;
}
