import { Utf8Checker } from './utf8-checker.js';

/** What a byte did to the value being scanned. */
export const ScanResult = {
  /** The byte belongs to the value; more must follow. */
  more: 0,
  /** The byte begins a value (of a member, of an array, or the whole). */
  valueStart: 1,
  /** The byte is the closing quote of a member's key. */
  keyEnd: 2,
  /** The byte is the last of a string, object or array; see `depth` for which. */
  valueEnd: 3,
  /** No JSON text goes on with this byte. */
  error: 4,
} as const;

/** One of the values of ScanResult. */
export type ScanResult = (typeof ScanResult)[keyof typeof ScanResult];

const State = {
  value: 0,
  firstKeyOrEnd: 1,
  key: 2,
  colon: 3,
  firstItemOrEnd: 4,
  afterValue: 5,
  string: 6,
  escape: 7,
  unicodeEscape: 8,
  literal: 9,
  minus: 10,
  zero: 11,
  integer: 12,
  point: 13,
  fraction: 14,
  exponent: 15,
  exponentSign: 16,
  exponentDigits: 17,
  done: 18,
  failed: 19,
} as const;
type State = (typeof State)[keyof typeof State];

const objectContainer = 0;
const arrayContainer = 1;

/** Deeper nesting is an error: no tool's arguments need it, and recursive readers of the result stay safe. */
export const maximumJsonDepth = 256;

/**
 * Reads one JSON object, array or string byte by byte and never looks back: strict RFC 8259 grammar and strict UTF-8,
 * constant work a byte.
 */
export class JsonScanner {
  #state: State = State.value;
  #stringIsKey = false;
  #literal = '';
  #literalPosition = 0;
  #hexDigitsLeft = 0;
  readonly #characters = new Utf8Checker();
  readonly #containers: number[] = [];

  /** Number of objects and arrays that are open. */
  get depth(): number {
    return this.#containers.length;
  }

  /** True once the whole value has been read. */
  get done(): boolean {
    return this.#state === State.done;
  }

  /** Takes the next byte. After `error` every further byte is an error too. */
  push(byte: number): ScanResult {
    switch (this.#state) {
      case State.string:
        return this.#pushInString(byte);
      case State.escape:
        return this.#pushEscape(byte);
      case State.unicodeEscape:
        if (!isHexDigit(byte)) return this.#fail();
        if (--this.#hexDigitsLeft === 0) this.#state = State.string;
        return ScanResult.more;
      case State.literal:
        if (byte !== this.#literal.charCodeAt(this.#literalPosition)) return this.#fail();
        if (++this.#literalPosition === this.#literal.length) this.#state = State.afterValue;
        return ScanResult.more;
      case State.done:
      case State.failed:
        return this.#fail();
    }
    if (this.#state >= State.minus) {
      const next = nextNumberState(this.#state, byte);
      if (next === undefined) return this.#fail();
      this.#state = next;
      if (next !== State.afterValue) return ScanResult.more;
      // The number ended before this byte, which is still to be read.
    }
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return ScanResult.more;
    return this.#pushStructure(byte);
  }

  #pushStructure(byte: number): ScanResult {
    switch (this.#state) {
      case State.firstKeyOrEnd:
        if (byte === 0x7d) return this.#close(objectContainer);
        return this.#startKey(byte);
      case State.key:
        return this.#startKey(byte);
      case State.colon:
        if (byte !== 0x3a) return this.#fail();
        this.#state = State.value;
        return ScanResult.more;
      case State.firstItemOrEnd:
        if (byte === 0x5d) return this.#close(arrayContainer);
        return this.#startValue(byte);
      case State.value:
        return this.#startValue(byte);
      default:
        return this.#pushAfterValue(byte);
    }
  }

  #pushAfterValue(byte: number): ScanResult {
    if (byte === 0x7d) return this.#close(objectContainer);
    if (byte === 0x5d) return this.#close(arrayContainer);
    if (byte !== 0x2c || this.depth === 0) return this.#fail();
    this.#state = this.#containers[this.depth - 1] === objectContainer ? State.key : State.value;
    return ScanResult.more;
  }

  #startKey(byte: number): ScanResult {
    if (byte !== 0x22) return this.#fail();
    this.#stringIsKey = true;
    this.#state = State.string;
    return ScanResult.more;
  }

  #startValue(byte: number): ScanResult {
    if (byte === 0x22) {
      this.#stringIsKey = false;
      this.#state = State.string;
    } else if (byte === 0x7b) this.#open(objectContainer);
    else if (byte === 0x5b) this.#open(arrayContainer);
    else if (this.depth === 0) return this.#fail();
    else if (byte === 0x74) this.#startLiteral('true');
    else if (byte === 0x66) this.#startLiteral('false');
    else if (byte === 0x6e) this.#startLiteral('null');
    else if (byte === 0x2d) this.#state = State.minus;
    else if (byte === 0x30) this.#state = State.zero;
    else if (byte > 0x30 && byte <= 0x39) this.#state = State.integer;
    else return this.#fail();
    return this.depth > maximumJsonDepth ? this.#fail() : ScanResult.valueStart;
  }

  #startLiteral(literal: string): void {
    this.#literal = literal;
    this.#literalPosition = 1;
    this.#state = State.literal;
  }

  #open(container: number): void {
    this.#containers.push(container);
    this.#state = container === objectContainer ? State.firstKeyOrEnd : State.firstItemOrEnd;
  }

  #close(container: number): ScanResult {
    if (this.#containers.pop() !== container) return this.#fail();
    this.#state = this.depth === 0 ? State.done : State.afterValue;
    return ScanResult.valueEnd;
  }

  #pushInString(byte: number): ScanResult {
    if (!this.#characters.push(byte)) return this.#fail();
    if (byte === 0x5c) this.#state = State.escape;
    else if (byte === 0x22) {
      if (this.#stringIsKey) {
        this.#state = State.colon;
        return ScanResult.keyEnd;
      }
      this.#state = this.depth === 0 ? State.done : State.afterValue;
      return ScanResult.valueEnd;
    } else if (byte < 0x20) return this.#fail();
    return ScanResult.more;
  }

  #pushEscape(byte: number): ScanResult {
    if (byte === 0x75) {
      this.#hexDigitsLeft = 4;
      this.#state = State.unicodeEscape;
      return ScanResult.more;
    }
    if (!'"\\/bfnrt'.includes(String.fromCharCode(byte))) return this.#fail();
    this.#state = State.string;
    return ScanResult.more;
  }

  #fail(): ScanResult {
    this.#state = State.failed;
    return ScanResult.error;
  }
}

/** RFC 8259, section 6. `afterValue`: the number ended before this byte; undefined: it may not end or go on so. */
function nextNumberState(state: State, byte: number): State | undefined {
  const digit = byte >= 0x30 && byte <= 0x39;
  const exponent = byte === 0x65 || byte === 0x45;
  switch (state) {
    case State.minus:
      if (byte === 0x30) return State.zero;
      return digit ? State.integer : undefined;
    case State.zero:
    case State.integer:
      if (digit) return state === State.integer ? State.integer : undefined;
      if (byte === 0x2e) return State.point;
      return exponent ? State.exponent : State.afterValue;
    case State.point:
      return digit ? State.fraction : undefined;
    case State.fraction:
      if (digit) return State.fraction;
      return exponent ? State.exponent : State.afterValue;
    case State.exponent:
      if (digit) return State.exponentDigits;
      return byte === 0x2b || byte === 0x2d ? State.exponentSign : undefined;
    case State.exponentSign:
      return digit ? State.exponentDigits : undefined;
    default:
      return digit ? State.exponentDigits : State.afterValue;
  }
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
