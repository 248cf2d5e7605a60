import { availableParallelism } from 'node:os';
import type { JsonObject } from '@tooltune/sdk';
import { InvalidArgumentError } from 'commander';

/** A whole number of at least `minimum`. */
export function wholeNumber(minimum: number): (text: string) => number {
  return numberThat(
    (value) => Number.isSafeInteger(value) && value >= minimum,
    `It must be a whole number of at least ${minimum}.`,
  );
}

/** A number of threads that this machine can run at once. */
export function threadCount(text: string): number {
  const most = availableParallelism();
  return numberThat(
    (value) => Number.isInteger(value) && value >= 1 && value <= most,
    `It must be a whole number from 1 to ${most}, which is what this machine can run at once.`,
  )(text);
}

/** A number above 0. */
export const positiveNumber = numberThat((value) => value > 0, 'It must be a number above 0.');

/** A number of at least 0. */
export const nonNegativeNumber = numberThat((value) => value >= 0, 'It must be a number of at least 0.');

/** A number from 0 to 1. */
export const fraction = numberThat((value) => value >= 0 && value <= 1, 'It must be a number from 0 to 1.');

/** A regular expression as ECMAScript writes it, or between slashes with flags: `sorry`, `/sorry/i`. */
export function regularExpression(text: string): RegExp {
  const [, source = text, flags = ''] = /^\/(.+)\/([a-z]*)$/s.exec(text) ?? [];
  try {
    return new RegExp(source, flags.includes('u') || flags.includes('v') ? flags : `u${flags}`);
  } catch (error) {
    throw new InvalidArgumentError(
      `It must be a regular expression: ${error instanceof Error ? error.message : error}.`,
    );
  }
}

/** The JSON text of an object. */
export function jsonObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new InvalidArgumentError('It must be the JSON text of an object.');
}

/** Names separated by commas. */
export function names(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

/** Whole numbers separated by commas, or runs of them: 0,1,2 or 10-29. */
export function numberList(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first)) {
      throw new InvalidArgumentError('It must be numbers separated by commas, or runs such as 10-29.');
    }
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
  });
}

/** For an option that may be given several times. */
export function collect(value: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}

/** Commander calls parsers with the earlier value too; only the text counts. */
function numberThat(isAllowed: (value: number) => boolean, rule: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value) || !isAllowed(value)) throw new InvalidArgumentError(rule);
    return value;
  };
}
