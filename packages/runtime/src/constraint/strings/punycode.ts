const BASE = 36;
const SKEW = 38;
const DAMP = 700;
const LARGEST_THRESHOLD = 26;
const INITIAL_BIAS = 72;
const ASCII_END = 0x80;
/** Section 6.4: no code point needs more. */
const LARGEST_INDEX = 2 ** 31;
const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Punycode (RFC 3492, section 6.3) of well-formed text, without the prefix `xn--`. */
export function encodePunycode(text: string): string {
  const codes = Array.from(text, (character) => character.codePointAt(0)!);
  const basic = codes.filter((code) => code < ASCII_END);
  let result = String.fromCharCode(...basic) + (basic.length > 0 ? '-' : '');
  let bias = INITIAL_BIAS;
  let delta = 0;
  let next = ASCII_END;
  for (let handled = basic.length; handled < codes.length; delta++, next++) {
    const code = Math.min(...codes.filter((other) => other >= next));
    delta += (code - next) * (handled + 1);
    next = code;
    for (const other of codes) {
      if (other < next) delta++;
      if (other !== next) continue;
      result += encodeNumber(delta, bias);
      bias = adapt(delta, ++handled, handled === basic.length + 1);
      delta = 0;
    }
  }
  return result;
}

/** The text of lower case Punycode (RFC 3492, section 6.2), without the prefix `xn--`; undefined where it is none. */
export function decodePunycode(punycode: string): string | undefined {
  const delimiter = punycode.lastIndexOf('-');
  const codes = Array.from(punycode.slice(0, Math.max(delimiter, 0)), (character) => character.charCodeAt(0));
  let bias = INITIAL_BIAS;
  let code = ASCII_END;
  let index = 0;
  for (let position = delimiter + 1; position < punycode.length; ) {
    const before = index;
    let weight = 1;
    for (let place = BASE; ; place += BASE) {
      const digit = DIGITS.indexOf(punycode.charAt(position) || '-');
      if (digit < 0) return undefined;
      position++;
      index += digit * weight;
      if (index > LARGEST_INDEX) return undefined;
      const least = threshold(place, bias);
      if (digit < least) break;
      weight *= BASE - least;
    }
    const length = codes.length + 1;
    bias = adapt(index - before, length, before === 0);
    code += Math.floor(index / length);
    if (code > 0x10ffff) return undefined;
    index %= length;
    codes.splice(index++, 0, code);
  }
  return String.fromCodePoint(...codes);
}

function encodeNumber(number: number, bias: number): string {
  let result = '';
  for (let place = BASE; ; place += BASE) {
    const least = threshold(place, bias);
    if (number < least) return result + DIGITS[number];
    const rest = number - least;
    result += DIGITS[least + (rest % (BASE - least))];
    number = Math.floor(rest / (BASE - least));
  }
}

function threshold(place: number, bias: number): number {
  return Math.min(Math.max(place - bias, 1), LARGEST_THRESHOLD);
}

/** RFC 3492, section 6.1. */
function adapt(delta: number, length: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2));
  rest += Math.floor(rest / length);
  let bias = 0;
  for (; rest > ((BASE - 1) * LARGEST_THRESHOLD) / 2; bias += BASE) rest = Math.floor(rest / (BASE - 1));
  return bias + Math.floor((BASE * rest) / (rest + SKEW));
}
