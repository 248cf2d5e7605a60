import type { AssistantMessage, ChatMessage, Example, Expectation } from '../dataset/index.js';
import { createRandom, type Random } from '../random/index.js';
import type { JsonValue, ToolCall } from '../toolset/index.js';
import { ibanDigits, luhnDigit } from './checksums.js';
import { textsOf } from './example-texts.js';
import { findPersonalData, isCard, type PersonalData, type PersonalDataKind } from './personal-data.js';

export interface RedactOptions {
  /** Seed of the placeholders' names and letters. Default 1. */
  seed?: number | string;
}

export interface RedactedDataset {
  examples: Example[];
  /** Different values that were replaced, by kind. */
  replaced: Partial<Record<PersonalDataKind, number>>;
}

/**
 * Replaces personal data and secrets by placeholders of the same form, in requests, answers, results and arguments alike:
 * the same value gets the same placeholder in all examples, so what was grounded stays so. Placeholders are numbered as
 * their values come, from what is set aside for examples (example.com, 555-01xx, 192.0.2.x), so they tell nothing of the
 * values and are not taken for personal data again. Checksums are right. Rows, roles, names of tools and of arguments stay.
 */
export function redactDataset(examples: readonly Example[], options: RedactOptions = {}): RedactedDataset {
  const redactor = new Redactor(createRandom(options.seed ?? 1).fork('redact'));
  return {
    examples: examples.map((example) => redactExample(example, redactor)),
    replaced: redactor.counts,
  };
}

function redactExample(example: Example, redactor: Redactor): Example {
  redactor.startRow(textsOf(example));
  if (example.kind !== 'conversation') return { ...example, text: redactor.text(example.text) };
  const messages = example.messages.map((message) => redactMessage(message, redactor));
  const { rejected, expect } = example;
  return {
    ...example,
    messages,
    ...(rejected === undefined ? {} : { rejected: redactMessage(rejected, redactor) as AssistantMessage }),
    ...(expect?.possibleAnswers === undefined
      ? {}
      : { expect: { ...expect, possibleAnswers: redactor.value(expect.possibleAnswers as JsonValue) } as Expectation }),
  };
}

function redactMessage(message: ChatMessage, redactor: Redactor): ChatMessage {
  if (message.role !== 'assistant') return { ...message, content: redactor.text(message.content) };
  const { content, toolCalls } = message;
  return {
    ...message,
    content: content === null ? null : redactor.text(content),
    ...(toolCalls === undefined ? {} : { toolCalls: toolCalls.map((call) => redactCall(call, redactor)) }),
  };
}

function redactCall(call: ToolCall, redactor: Redactor): ToolCall {
  return { ...call, arguments: redactor.value(call.arguments) as ToolCall['arguments'] };
}

/** The last digits of a phone number, which tell it apart; what stands before is country and area. */
const phoneTail = 9;

/**
 * Replaces personal data text by text, as redactDataset does: the same value gets the same placeholder for as long as the
 * redactor lives. It remembers the values.
 */
export class Redactor {
  /** Different values that were replaced so far. */
  readonly counts: Partial<Record<PersonalDataKind, number>> = {};
  readonly #random: Random;
  readonly #placeholders = new Map<string, string>();
  #row: Map<string, PersonalDataKind> = new Map();

  constructor(random: Random = createRandom(1).fork('redact')) {
    this.#random = random;
  }

  /** A value that one text of a row betrays ("my password is …") is replaced in all texts of the row. */
  startRow(texts: Iterable<string>): void {
    this.#row = new Map();
    for (const text of texts) for (const { kind, text: value } of findPersonalData(text)) this.#row.set(value, kind);
  }

  text(text: string): string {
    const found: Pick<PersonalData, 'kind' | 'start' | 'end'>[] = findPersonalData(text);
    for (const [value, kind] of this.#row) {
      for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + value.length)) {
        const end = start + value.length;
        if (!found.some((other) => start < other.end && other.start < end)) found.push({ kind, start, end });
      }
    }
    let redacted = '';
    let position = 0;
    for (const { kind, start, end } of found.sort((a, b) => a.start - b.start)) {
      redacted += text.slice(position, start) + this.#replace(kind, text.slice(start, end));
      position = end;
    }
    return redacted + text.slice(position);
  }

  /** Strings and whole numbers inside of a value; names of properties stay. */
  value(value: JsonValue): JsonValue {
    if (typeof value === 'string') return this.#string(value);
    if (typeof value === 'number') return this.#number(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, this.value(inside)]));
  }

  /** An argument may write a phone number otherwise than the request, from whose words alone it is known. */
  #string(value: string): string {
    const redacted = this.text(value);
    if (redacted !== value || !/^[+\d][\d ()./-]{5,}$/.test(value)) return redacted;
    return this.#placeholders.has(`phone ${phoneKey(value)}`) ? this.#replace('phone', value) : value;
  }

  #number(value: number): number {
    const digits = String(value);
    if (!/^\d{7,16}$/.test(digits)) return value;
    if (isCard(digits)) return Number(this.#replace('card', digits));
    return this.#placeholders.has(`phone ${phoneKey(digits)}`) ? Number(this.#replace('phone', digits)) : value;
  }

  #replace(kind: PersonalDataKind, value: string): string {
    const key = `${kind} ${keyOf(kind, value)}`;
    let placeholder = this.#placeholders.get(key);
    if (placeholder === undefined) {
      const count = this.counts[kind] ?? 0;
      this.counts[kind] = count + 1;
      placeholder = createPlaceholder(kind, value, count, this.#random);
      this.#placeholders.set(key, placeholder);
    }
    return inFormOf(kind, placeholder, value);
  }
}

/** Equal for two ways to write the same. */
function keyOf(kind: PersonalDataKind, value: string): string {
  if (kind === 'phone') return phoneKey(value);
  if (kind === 'card') return value.replaceAll(/\D/g, '');
  if (kind === 'iban') return value.replaceAll(' ', '').toUpperCase();
  return kind === 'secret' ? value : value.toLowerCase();
}

const phoneKey = (value: string) => value.replaceAll(/\D/g, '').slice(-phoneTail);

const givenNames =
  'alex billie casey dana eli frankie gale harper indigo jamie kai lee morgan noel ollie pat quinn robin sam taylor uma val wren yael zion'.split(
    ' ',
  );
const familyNames =
  'adler berg castro dunn evans fischer garcia hale ito jensen kim lopez meyer novak okoye patel reyes silva tanaka ueda vance weber young zhang'.split(
    ' ',
  );

/** The bare form of the count-th placeholder of a kind. */
function createPlaceholder(kind: PersonalDataKind, value: string, count: number, random: Random): string {
  switch (kind) {
    case 'email': {
      const name = `${givenNames[count % givenNames.length]}.${familyNames[Math.floor(count / givenNames.length) % familyNames.length]}`;
      const round = Math.floor(count / (givenNames.length * familyNames.length));
      return `${name}${round === 0 ? '' : round + 1}@example.com`;
    }
    case 'phone':
      // Two digits of the area, then 555-01xx, which is set aside for fiction.
      return `${String(20 + (Math.floor(count / 100) % 80))}55501${String(count % 100).padStart(2, '0')}`;
    case 'card': {
      const { length } = value.replaceAll(/\D/g, '');
      const digits = `${value[0]}00000${String(count + 1).padStart(length - 7, '0')}`;
      return digits + luhnDigit(digits);
    }
    case 'iban': {
      const iban = value.replaceAll(' ', '').toUpperCase();
      const head = iban.slice(4, -6).replaceAll(/\d/g, '0').replaceAll(/[A-Z]/g, 'X');
      const account = head + String((count + 1) % 1_000_000).padStart(6, '0');
      return `${iban.slice(0, 2)}${ibanDigits(iban.slice(0, 2), account)}${account}`;
    }
    case 'ip': {
      if (value.includes(':')) return `2001:db8::${(count + 1).toString(16)}`;
      const networks = ['192.0.2', '198.51.100', '203.0.113'];
      const network = Math.floor(count / 254);
      return network < networks.length
        ? `${networks[network]}.${(count % 254) + 1}`
        : `10.${(network >> 8) & 255}.${network & 255}.${(count % 254) + 1}`;
    }
    default:
      return secretPlaceholder(value, random);
  }
}

const lower = 'abcdefghijklmnopqrstuvwxyz';
const placeholderMark = 'EXAMPLE';

/** A secret's prefix and form with other characters, and EXAMPLE in it, as cloud services write theirs. */
function secretPlaceholder(value: string, random: Random): string {
  if (value.startsWith('-----BEGIN'))
    return value.replace(/-----\n?[\s\S]*?\n?-----END/, `-----\n${placeholderMark}\n-----END`);
  const kept =
    /^(?:AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|(?:sk|pk|rk)_(?:live|test)_|sk-(?:ant-|proj-|or-)?|xox[abeoprs]-|AIza|hf_|npm_|SG\.|eyJ)?/.exec(
      value,
    )![0];
  const rest = [...value.slice(kept.length)].map((character) => {
    if (/\d/.test(character)) return String(random.integer(0, 9));
    if (/[a-z]/.test(character)) return lower[random.integer(0, 25)]!;
    return /[A-Z]/.test(character) ? lower[random.integer(0, 25)]!.toUpperCase() : character;
  });
  const random_ = rest.join('');
  const start = Math.max(0, random_.length - placeholderMark.length);
  return kept + random_.slice(0, start) + placeholderMark;
}

/** The placeholder written as the value is: its spaces and signs, its capitals. */
function inFormOf(kind: PersonalDataKind, placeholder: string, value: string): string {
  switch (kind) {
    case 'phone': {
      const digits = value.replaceAll(/\D/g, '');
      const kept = digits.slice(0, Math.max(0, digits.length - phoneTail));
      return filled(value, kept + placeholder.slice(-Math.min(phoneTail, digits.length)), /\d/);
    }
    case 'card':
      return filled(value, placeholder, /\d/);
    case 'iban':
      return filled(value, value === value.toLowerCase() ? placeholder.toLowerCase() : placeholder, /[A-Za-z0-9]/);
    case 'email':
      if (value === value.toUpperCase()) return placeholder.toUpperCase();
      return /^\p{Lu}/u.test(value) ? placeholder[0]!.toUpperCase() + placeholder.slice(1) : placeholder;
    default:
      return placeholder;
  }
}

function filled(form: string, characters: string, place: RegExp): string {
  let next = 0;
  return [...form].map((character) => (place.test(character) ? (characters[next++] ?? character) : character)).join('');
}
