import { type Example, type IntentExample, type LabelsExample, type ScoreExample, TooltuneError } from '@tooltune/sdk';
import { type BadRow, refuseBadRows } from '../bad-rows.js';

/** Rows that are classified in the same way. */
export type TextRows =
  | { kind: 'single'; rows: IntentExample[] }
  | { kind: 'multi'; rows: LabelsExample[] }
  | { kind: 'ordinal'; rows: ScoreExample[] };

const shapes = { intent: '{"text", "intent"}', labels: '{"text", "intents"}', score: '{"text", "score"}' } as const;
const kinds = { intent: 'single', labels: 'multi', score: 'ordinal' } as const;

/** How rows are classified, by their shape, which must be the same of all. Throws `training/bad-rows`. */
export function textRows(examples: readonly Example[]): TextRows {
  const shape = examples.find(({ kind }) => kind !== 'conversation')?.kind ?? 'intent';
  const wanted = shape === 'conversation' ? 'intent' : shape;
  const problems = examples.flatMap(({ kind, location }): BadRow[] => {
    if (kind === wanted) return [];
    const message =
      kind === 'conversation'
        ? `a conversation; adapters that name intents train on rows of ${shapes[wanted]}`
        : `has the shape ${shapes[kind]}, and rows before it ${shapes[wanted]}: an adapter learns one of them, so train two`;
    return [{ location, message }];
  });
  refuseBadRows(problems, examples.length);
  return { kind: kinds[wanted], rows: examples } as TextRows;
}

/** The levels of scores, from the lowest to the highest, each once. */
export interface Level {
  level: string;
  value: number;
}

/**
 * The levels that rows are scored by: those that are given, in their order, or the numbers that rows have. Numbers count
 * what they are, names their place from 1. Throws `training/bad-option` for names whose order is not given.
 */
export function levelsOf(rows: readonly ScoreExample[], given: readonly string[] | undefined): Level[] {
  if (given !== undefined) {
    if (new Set(given).size !== given.length || given.length < 2) {
      throw new TooltuneError('training/bad-option', 'levels must be two or more, each another');
    }
    const numbers = given.map(Number);
    const areNumbers = given.every((level, index) => level.trim() !== '' && Number.isFinite(numbers[index]));
    if (areNumbers && numbers.some((number, index) => index > 0 && number <= numbers[index - 1]!)) {
      throw new TooltuneError(
        'training/bad-option',
        'levels that are numbers must stand from the lowest to the highest',
      );
    }
    return given.map((level, index) => ({ level, value: areNumbers ? numbers[index]! : index + 1 }));
  }
  const name = rows.find(({ score }) => typeof score === 'string')?.score;
  if (name !== undefined) {
    const message = `scores have names such as "${name}"; give the levels from the lowest to the highest (--levels cold,warm,hot)`;
    throw new TooltuneError('training/bad-option', message);
  }
  const numbers = [...new Set(rows.map(({ score }) => score as number))].sort((a, b) => a - b);
  return numbers.map((value) => ({ level: String(value), value }));
}
