import { escapePointer, TooltuneError } from '@tooltune/sdk';

/** Values of a `config.json`, each checked where it is read. */
export class ConfigReader {
  readonly #path: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #pointer: string;

  /** @param path of the file, named in errors */
  constructor(path: string, values: unknown, pointer = '') {
    this.#path = path;
    this.#pointer = pointer;
    if (!isRecord(values)) throw this.#error('model/missing-metadata', pointer, 'this is no object');
    this.#values = values;
  }

  /** As it stands; undefined where it is absent or null. */
  value(key: string): unknown {
    return this.#values[key] ?? undefined;
  }

  /** Throws `model/missing-metadata` where it is no number, or absent without a fallback. */
  number(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    if (typeof value === 'number') return value;
    throw this.missing(key, value === undefined ? 'is missing' : `is ${JSON.stringify(value)}, no number`);
  }

  /** undefined where it is absent. */
  optionalNumber(key: string): number | undefined {
    return this.value(key) === undefined ? undefined : this.number(key);
  }

  /** undefined where it is absent. Throws `model/missing-metadata` where it is no object. */
  object(key: string): ConfigReader | undefined {
    const value = this.value(key);
    return value === undefined
      ? undefined
      : new ConfigReader(this.#path, value, `${this.#pointer}/${escapePointer(key)}`);
  }

  missing(key: string, what: string): TooltuneError {
    return this.#error('model/missing-metadata', this.#pointerTo(key), `${key} ${what}`);
  }

  /** An error that says what of this model the trainer does not know. */
  unsupported(key: string, what: string): TooltuneError {
    return this.#error('model/unsupported-architecture', this.#pointerTo(key), `the trainer does not know ${what}`);
  }

  #pointerTo(key: string): string {
    return `${this.#pointer}/${escapePointer(key)}`;
  }

  #error(code: string, pointer: string, message: string): TooltuneError {
    return new TooltuneError(code, message, { location: { file: this.#path, pointer } });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
