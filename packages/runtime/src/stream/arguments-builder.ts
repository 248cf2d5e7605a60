import type { JsonObject, JsonValue } from '@tooltune/sdk';
import { JsonScanner, ScanResult } from './json-scanner.js';
import { Utf8Text } from './utf8-text.js';

/** A value that is complete, and where it stands in the arguments (JSON pointer, RFC 6901). */
export interface FinishedArgument {
  pointer: string;
  value: JsonValue;
}

interface Container {
  value: JsonObject | JsonValue[];
  /** JSON pointer of the container itself. */
  pointer: string;
  /** Where the next value goes: a member's name, or the index. */
  key: string | number;
}

/**
 * Builds the value of a JSON object from its bytes as they come, in linear time. Every value inside is told once, when it
 * is complete: those of a container before the container.
 */
export class ArgumentsBuilder {
  readonly #scanner = new JsonScanner();
  readonly #open: Container[] = [];
  #root: JsonObject = {};
  #finished: FinishedArgument[] = [];
  /** Bytes of the string, number or literal that is being read. */
  #scalar: number[] = [];
  #inString = false;
  #inScalar = false;
  #isKey = false;
  #topLevelValues = 0;

  /** Number of values directly in the object that have begun. */
  get topLevelValues(): number {
    return this.#topLevelValues;
  }

  /** Takes bytes of the object, which must be valid JSON so far. */
  push(bytes: Uint8Array, start = 0, end = bytes.length): void {
    for (let index = start; index < end; index++) this.#pushByte(bytes[index]!);
  }

  /** Values that were completed since the last time. */
  takeFinished(): FinishedArgument[] {
    const finished = this.#finished;
    this.#finished = [];
    return finished;
  }

  /**
   * A copy of what has come so far: complete values, open containers with what is in them, and the beginning of a string.
   * Numbers and literals come when they are complete. Takes time linear in what it copies.
   */
  snapshot(): JsonObject {
    const copy = structuredClone(this.#root);
    const unfinished = this.#inString && !this.#isKey ? beginningOfString(this.#scalar) : undefined;
    if (unfinished === undefined) return copy;
    let place: JsonObject | JsonValue[] = copy;
    for (const { key } of this.#open.slice(0, -1)) place = (place as JsonObject)[key]! as JsonObject | JsonValue[];
    put(place, this.#open.at(-1)!.key, unfinished);
    return copy;
  }

  #pushByte(byte: number): void {
    // A number ends only with what follows it.
    if (this.#inScalar && !this.#inString && !isScalarByte(byte)) this.#finishScalar();
    const depth = this.#scanner.depth;
    const result = this.#scanner.push(byte);
    const container = this.#open.at(-1);
    if (result === ScanResult.valueStart) this.#start(byte, depth);
    else if (this.#inScalar) {
      this.#scalar.push(byte);
      if (result === ScanResult.keyEnd) container!.key = this.#takeText() as string;
      else if (result === ScanResult.valueEnd) this.#finishScalar();
      else if (!this.#inString && isWholeLiteral(this.#scalar)) this.#finishScalar();
    } else if (result === ScanResult.valueEnd) this.#close();
    // Between values only a key begins with a quote.
    else if (byte === 0x22) this.#startScalar(byte, true);
  }

  #start(byte: number, depth: number): void {
    if (depth === 1) this.#topLevelValues++;
    if (byte !== 0x7b && byte !== 0x5b) {
      this.#startScalar(byte);
      return;
    }
    const value = byte === 0x7b ? {} : [];
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = value as JsonObject;
    else put(parent.value, parent.key, value);
    this.#open.push({ value, pointer: parent === undefined ? '' : pointerOf(parent), key: byte === 0x7b ? '' : 0 });
  }

  #startScalar(byte: number, isKey = false): void {
    this.#isKey = isKey;
    this.#scalar = [byte];
    this.#inScalar = true;
    this.#inString = byte === 0x22;
  }

  #takeText(): JsonValue {
    this.#inScalar = false;
    this.#inString = false;
    return JSON.parse(textOf(this.#scalar)) as JsonValue;
  }

  #finishScalar(): void {
    const value = this.#takeText();
    const parent = this.#open.at(-1)!;
    put(parent.value, parent.key, value);
    this.#finish(parent, value);
  }

  #close(): void {
    const { value } = this.#open.pop()!;
    const parent = this.#open.at(-1);
    if (parent !== undefined) this.#finish(parent, value);
  }

  #finish(parent: Container, value: JsonValue): void {
    this.#finished.push({ pointer: pointerOf(parent), value });
    if (typeof parent.key === 'number') parent.key++;
  }
}

function pointerOf({ pointer, key }: Container): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** As JSON.parse does it: `__proto__` is a member like any other. */
function put(container: JsonObject | JsonValue[], key: string | number, value: JsonValue): void {
  if (Array.isArray(container)) container[key as number] = value;
  else if (key !== '__proto__') container[key] = value;
  else Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The whole characters of a string that is not closed. */
function beginningOfString(bytes: readonly number[]): string {
  const text = textOf(bytes);
  // An escape that is not complete, and the first half of a pair, are left out.
  const whole = text.replace(/(?<=^|[^\\])((?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?$/, '$1');
  return (JSON.parse(`${whole}"`) as string).replace(/[\ud800-\udbff]$/, '');
}

function textOf(bytes: readonly number[]): string {
  return new Utf8Text().push(Uint8Array.from(bytes));
}

function isWholeLiteral(bytes: readonly number[]): boolean {
  const length = bytes[0] === 0x66 ? 5 : bytes[0] === 0x74 || bytes[0] === 0x6e ? 4 : 0;
  return bytes.length === length;
}

/** Bytes of numbers and literals. */
function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x2b && byte <= 0x39 && byte !== 0x2c && byte !== 0x2f) || byte === 0x45
  );
}
