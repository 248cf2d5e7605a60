import { TooltuneError } from '@tooltune/sdk';
import type { BaseWeights } from './base-weights.js';

/** What the header of a GGUF file says about its model, under the keys of its architecture. */
export class ModelHeader {
  readonly architecture: string;
  readonly #file: Pick<BaseWeights, 'path' | 'metadata' | 'tensors'>;

  /** Throws `model/missing-metadata` where the file does not name its architecture. */
  constructor(file: Pick<BaseWeights, 'path' | 'metadata' | 'tensors'>) {
    this.#file = file;
    const architecture = file.metadata['general.architecture'];
    if (typeof architecture !== 'string') throw this.missing('general.architecture is missing');
    this.architecture = architecture;
  }

  /** `block_count` is `llama.block_count` of a llama. Throws `model/missing-metadata` where there is no fallback. */
  number(key: string, fallback?: number): number {
    const name = `${this.architecture}.${key}`;
    const value = this.#file.metadata[name] ?? fallback;
    if (typeof value === 'number') return value;
    throw this.missing(value === undefined ? `${name} is missing` : `${name} is ${JSON.stringify(value)}, no number`);
  }

  text(key: string, fallback: string): string {
    return String(this.#file.metadata[`${this.architecture}.${key}`] ?? fallback);
  }

  /** Dimensions of a tensor, or undefined where there is none. */
  shape(tensor: string): readonly number[] | undefined {
    return this.#file.tensors.get(tensor)?.shape;
  }

  tensorNames(): string[] {
    return [...this.#file.tensors.keys()];
  }

  /** An error that says what of this model the trainer does not know. */
  unsupported(what: string): TooltuneError {
    return this.#error('model/unsupported-architecture', `the trainer does not know ${what}`);
  }

  missing(message: string): TooltuneError {
    return this.#error('model/missing-metadata', message);
  }

  /** An error about a tensor that is not what the metadata lets expect. */
  badTensor(message: string): TooltuneError {
    return this.#error('model/bad-tensor', message);
  }

  #error(code: string, message: string): TooltuneError {
    return new TooltuneError(code, message, { location: { file: this.#file.path } });
  }
}
