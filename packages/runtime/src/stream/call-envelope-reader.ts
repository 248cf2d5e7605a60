import type { JsonObject } from '@tooltune/sdk';
import { ArgumentsBuilder, type FinishedArgument } from './arguments-builder.js';
import { JsonScanner, ScanResult } from './json-scanner.js';
import { Utf8Text } from './utf8-text.js';

const maximumNameBytes = 1024;

/**
 * Reads what stands between the tags of one call: `{"name": "…", "arguments": {…}}`, members in either order and
 * nothing else beside them. Says the arguments' own text as it comes.
 */
export class CallEnvelopeReader {
  readonly #scanner = new JsonScanner();
  readonly #argumentsText = new Utf8Text();
  readonly #builder = new ArgumentsBuilder();
  #capture: number[] = [];
  #capturing = false;
  #member: string | undefined;
  #inArguments = false;
  #seenArguments = false;
  #name: string | undefined;
  // Two ropes: asking one for its tail would flatten it each time, and the whole would take quadratic time.
  #arguments = '';
  #fresh = '';
  #problem: string | undefined;

  /** The tool's name, once read. */
  get name(): string | undefined {
    return this.#name;
  }

  /** What has come of the arguments' JSON text since the last time, whole characters only. */
  takeArgumentsDelta(): string {
    const text = this.#fresh;
    this.#fresh = '';
    return text;
  }

  /** Values inside the arguments that were completed since the last time. */
  takeFinishedArguments(): FinishedArgument[] {
    return this.#builder.takeFinished();
  }

  /** Number of values directly in the arguments that have begun. */
  get topLevelArguments(): number {
    return this.#builder.topLevelValues;
  }

  /** What is wrong with the envelope; nothing can follow then. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** True once the object is closed. */
  get done(): boolean {
    return this.#scanner.done && this.#problem === undefined;
  }

  /**
   * Reads bytes from `start` until the object is closed, a problem is found or the bytes end.
   * @returns how far it read: after the closing brace, or at the byte that cannot be.
   */
  push(bytes: Uint8Array, start: number): number {
    let argumentsStart = start;
    let index = start;
    while (index < bytes.length && !this.#scanner.done) {
      const wasInArguments = this.#inArguments;
      this.#pushByte(bytes[index]!);
      if (this.#problem !== undefined) break;
      if (this.#inArguments && !wasInArguments) argumentsStart = index;
      index++;
      if (wasInArguments && !this.#inArguments) this.#append(bytes, argumentsStart, index);
    }
    if (this.#inArguments) this.#append(bytes, argumentsStart, index);
    if (this.#scanner.done && this.#problem === undefined) this.#checkComplete();
    return index;
  }

  /** The arguments, after `done`. */
  parseArguments(): JsonObject {
    return JSON.parse(this.#arguments) as JsonObject;
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    this.#builder.push(bytes, start, end);
    const text = this.#argumentsText.push(bytes, start, end);
    this.#arguments += text;
    this.#fresh += text;
  }

  #pushByte(byte: number): void {
    const depth = this.#scanner.depth;
    const result = this.#scanner.push(byte);
    if (result === ScanResult.error) {
      this.#problem = `not JSON at ${describeByte(byte)}`;
      return;
    }
    if (this.#inArguments) {
      if (result === ScanResult.valueEnd && this.#scanner.depth === 1) this.#inArguments = false;
      return;
    }
    if (depth === 0 && result === ScanResult.valueStart && byte !== 0x7b) {
      this.#problem = 'a call must be a JSON object with name and arguments';
      return;
    }
    if (depth !== 1) return;
    if (this.#capturing) {
      this.#capture.push(byte);
      if (this.#capture.length > maximumNameBytes) this.#problem = 'a name is too long';
      else if (result === ScanResult.keyEnd) this.#member = this.#takeCaptured();
      else if (result === ScanResult.valueEnd) this.#name = this.#takeCaptured();
    } else if (result === ScanResult.valueStart) this.#startMember(byte);
    else if (byte === 0x22) this.#startCapture(byte);
  }

  #startCapture(byte: number): void {
    this.#capture.push(byte);
    this.#capturing = true;
  }

  #startMember(byte: number): void {
    if (this.#member === 'name') {
      if (this.#name !== undefined) this.#problem = 'name is written twice';
      else if (byte !== 0x22) this.#problem = 'name must be a string';
      this.#startCapture(byte);
    } else if (this.#member === 'arguments') {
      if (this.#seenArguments) this.#problem = 'arguments is written twice';
      else if (byte !== 0x7b) this.#problem = 'arguments must be an object';
      this.#seenArguments = true;
      this.#inArguments = this.#problem === undefined;
    } else this.#problem = `"${this.#member}" is no member of a call`;
  }

  /** The text of the JSON string that was captured. */
  #takeCaptured(): string {
    const json = new Utf8Text().push(Uint8Array.from(this.#capture));
    this.#capture = [];
    this.#capturing = false;
    return JSON.parse(json) as string;
  }

  #checkComplete(): void {
    if (this.#name === undefined) this.#problem = 'name is missing';
    else if (!this.#seenArguments) this.#problem = 'arguments is missing';
  }
}

function describeByte(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte 0x${byte.toString(16).padStart(2, '0')}`;
}
