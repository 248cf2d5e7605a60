import { type ConversationExample, type Example, promptAndTarget, promptKey, textAnswer } from '../dataset/index.js';
import { formatLocation } from '../errors/index.js';
import { canonicalJson } from '../json/index.js';
import type { JsonValue } from '../toolset/index.js';
import { type FileRole, fileRoles, type ReportFinding } from './check-finding.js';
import { findNearDuplicates, type NearDuplicateOptions } from './near-duplicates.js';
import { fold, wordsOf } from './said-text.js';

/** How often files, or rows of one, repeat each other. */
export interface RepetitionCounts {
  exact: number;
  near: number;
  contradictions: number;
}

export interface Repetitions extends RepetitionCounts {
  /** Between two files, the first of which is trained on or comes first. */
  between: { file: string; other: string; exact: number; near: number }[];
}

interface PlacedExample {
  example: Example;
  role: FileRole;
}

/**
 * Reports rows that repeat an earlier row, where rows to train on count as earlier: exactly (case and white space aside),
 * nearly, or with another answer. Between a file to train on and another that is a leak.
 */
export function checkRepetitions(
  placed: readonly PlacedExample[],
  options: NearDuplicateOptions,
  report: ReportFinding,
): Repetitions {
  const ordered = fileRoles.flatMap((role) => placed.filter((one) => one.role === role));
  const counts: Repetitions = { exact: 0, near: 0, contradictions: 0, between: [] };
  const firsts = new Map<string, PlacedExample & { answer: string }>();
  const different: (PlacedExample & { answer: string })[] = [];
  for (const one of ordered) {
    const answer = answerKey(one.example);
    const asked = askedKey(one.example);
    const earlier = firsts.get(asked);
    if (earlier === undefined) {
      firsts.set(asked, { ...one, answer });
      different.push({ ...one, answer });
      continue;
    }
    const place = formatLocation(earlier.example.location);
    if (answer !== earlier.answer) {
      counts.contradictions++;
      const answers = `${answerText(one.example)}; there ${answerText(earlier.example)}`;
      report('contradiction', one.example.location, `asks what ${place} asks, with another answer: ${answers}`);
      continue;
    }
    counts.exact++;
    countBetween(counts.between, earlier, one, 'exact');
    if (isLeak(earlier.role, one.role))
      report('leak', one.example.location, `asks what ${place} asks, which is trained on`);
    else report('duplicate', one.example.location, `asks what ${place} asks, with the same answer`);
  }

  const near = findNearDuplicates(
    different.map(({ example }) => askedWords(example)),
    different.map(({ answer }) => answer),
    options,
  );
  for (const { index, earlier: earlierIndex, similarity } of near) {
    const one = different[index]!;
    const earlier = different[earlierIndex]!;
    counts.near++;
    countBetween(counts.between, earlier, one, 'near');
    const much = similarity === 1 ? 'but for punctuation' : `${Math.floor(similarity * 100)}% alike`;
    const like = `asks nearly what ${formatLocation(earlier.example.location)} asks (${much})`;
    if (isLeak(earlier.role, one.role)) report('near-leak', one.example.location, `${like}, which is trained on`);
    else report('near-duplicate', one.example.location, `${like}, with the same answer`);
  }
  return counts;
}

const isLeak = (earlier: FileRole, role: FileRole) => earlier === 'train' && role !== 'train';

function countBetween(
  between: Repetitions['between'],
  earlier: PlacedExample,
  later: PlacedExample,
  kind: 'exact' | 'near',
): void {
  const [{ file }, { file: other }] = [earlier.example.location, later.example.location];
  if (file === other) return;
  let counts = between.find((pair) => pair.file === file && pair.other === other);
  if (counts === undefined) between.push((counts = { file, other, exact: 0, near: 0 }));
  counts[kind]++;
}

/** What is asked; a preference also asks not to give an answer. */
function askedKey(example: Example): string {
  const rejected = example.kind === 'conversation' ? example.rejected : undefined;
  return rejected === undefined ? promptKey(example) : `${promptKey(example)}${canonicalJson(rejected)}`;
}

/** Equal for answers that do the same: of those that call nothing, words do not count; of values case does not. */
export function answerKey(example: Example): string {
  if (example.kind !== 'conversation') return canonicalJson([example.kind, textAnswer(example)]);
  return canonicalJson(calls(example).map((call): JsonValue => [call.name, foldValue(call.arguments)]));
}

/** Copied values have the case of their request, and requests that differ in case alone are the same. */
function foldValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return fold(value).replaceAll(/\s+/g, ' ').trim();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(foldValue);
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, foldValue(inside)]));
}

const calls = (example: ConversationExample) => promptAndTarget(example).target.toolCalls ?? [];

/** The words of what is asked, without system messages, which many rows share. */
export function askedWords(example: Example): string[] {
  if (example.kind !== 'conversation') return wordsOf(fold(example.text));
  const { prompt } = promptAndTarget(example);
  return prompt.flatMap((message) => {
    if (message.role === 'system') return [];
    const called = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
    const values = called.map((call) => `${call.name} ${JSON.stringify(call.arguments)}`).join(' ');
    return wordsOf(fold(`${message.content ?? ''} ${values}`));
  });
}

const longestAnswer = 80;

function answerText(example: Example): string {
  if (example.kind !== 'conversation') return JSON.stringify(textAnswer(example));
  const made = calls(example).map((call) => `${call.name}(${JSON.stringify(call.arguments)})`);
  const text = made.length === 0 ? 'no call' : made.join(', ');
  return text.length <= longestAnswer ? text : `${text.slice(0, longestAnswer - 1)}…`;
}
