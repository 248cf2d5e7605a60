import type { JsonObject, JsonValue, RuntimeRecord } from '@tooltune/sdk';
import { Redactor } from '@tooltune/sdk/checks';

/** Replaces what should not be kept of a text. */
export type RedactRule = { pattern: RegExp; replacement: string } | ((text: string) => string);

export interface RedactionOptions {
  /** Whether email addresses, phone numbers, cards, IBANs, IP addresses and secrets become placeholders. Default true. */
  personalData?: boolean | undefined;
  /** What else is replaced, in this order and before personal data is looked for. A pattern should have the flag g. */
  rules?: readonly RedactRule[] | undefined;
}

/** Requests whose values are remembered, so that feedback on them gets the same placeholders. */
const rememberedRequests = 1000;

/** Redacts records. The same value has the same placeholder in a request and in the feedback on it. */
export class RecordRedactor {
  readonly #personalData: boolean;
  readonly #rules: readonly RedactRule[];
  readonly #remembered = new Map<string, Redactor>();

  constructor({ personalData = true, rules = [] }: RedactionOptions = {}) {
    this.#personalData = personalData;
    this.#rules = rules;
  }

  /** The record with placeholders. What a rule throws passes. */
  redact(record: RuntimeRecord): RuntimeRecord {
    if (!this.#personalData && this.#rules.length === 0) return record;
    const { type, id, time, adapter, ...said } = { adapter: undefined, ...record };
    const ruled = this.#applyRules(said as unknown as JsonValue);
    const redacted = this.#personalData ? this.#redactPersonalData(id, ruled) : ruled;
    // Names, codes and figures are no text of the user's.
    return { type, id, time, ...(adapter === undefined ? {} : { adapter }), ...(redacted as object) } as RuntimeRecord;
  }

  #redactPersonalData(id: string, said: JsonValue): JsonValue {
    const redactor = this.#remembered.get(id) ?? new Redactor();
    redactor.startRow(textsIn(said));
    const redacted = redactValue(redactor, said);
    if (Object.keys(redactor.counts).length > 0) {
      this.#remembered.delete(id);
      this.#remembered.set(id, redactor);
      if (this.#remembered.size > rememberedRequests) this.#remembered.delete(this.#remembered.keys().next().value!);
    }
    return redacted;
  }

  #applyRules(value: JsonValue): JsonValue {
    return this.#rules.length === 0 ? value : mapTexts(value, (text) => this.#rules.reduce(applyRule, text));
  }
}

function applyRule(text: string, rule: RedactRule): string {
  return typeof rule === 'function' ? rule(text) : text.replace(rule.pattern, rule.replacement);
}

/** Figures stay what they are, but for those inside of arguments. */
const figures = new Set(['usage', 'timings', 'confidence', 'weight', 'promptTokens', 'durationMs']);

function redactValue(redactor: Redactor, said: JsonValue): JsonValue {
  return Object.fromEntries(
    Object.entries(said as JsonObject).map(([key, inside]) => [
      key,
      figures.has(key) || inside === undefined ? inside : redactor.value(inside),
    ]),
  );
}

/** Members that name things and are no text of a person's. */
const names = new Set([
  'role',
  'code',
  'id',
  'toolCallId',
  'reason',
  'rating',
  'name',
  'intent',
  'intents',
  'level',
  'score',
]);

function mapTexts(value: JsonValue, map: (text: string) => string, key = ''): JsonValue {
  if (typeof value === 'string') return names.has(key) ? value : map(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map, key));
  return Object.fromEntries(
    Object.entries(value).map(([name, inside]) => [
      name,
      // Inside of arguments every name is the tool's own.
      name === 'arguments' ? mapArguments(inside, map) : mapTexts(inside, map, name),
    ]),
  );
}

function mapArguments(value: JsonValue, map: (text: string) => string): JsonValue {
  if (typeof value === 'string') return map(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapArguments(item, map));
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, mapArguments(inside, map)]));
}

function* textsIn(value: JsonValue): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const inside of Object.values(value)) yield* textsIn(inside);
}
