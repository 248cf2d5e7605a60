import { TokenizerError } from './tokenizer-error.js';

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws TokenizerError `tokenizer/metadata`, naming the place */
export function expectRecord(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new TokenizerError('tokenizer/metadata', `${place} is missing or no object; get the file again.`);
}

/** @throws TokenizerError `tokenizer/metadata`, naming the place */
export function expectList(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TokenizerError('tokenizer/metadata', `${place} is missing or no list; get the file again.`);
}
