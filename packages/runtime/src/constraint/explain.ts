import { formatLocation, type JsonSchema } from '@tooltune/sdk';
import { ConstraintError } from './constraint-error.js';
import { ExpressionArena, NOTHING } from './grammar/expression-arena.js';
import { escapeStep } from './schema/json-pointer.js';
import { isEnforced, whyIgnored } from './schema/schema-keywords.js';
import { INTEGER, NUMBER, type SchemaNode, STRING } from './schema/schema-node.js';
import { isObject } from './schema/schema-object.js';
import { type DeferredReport, SchemaGrammar, type SchemaOptions } from './schema-grammar.js';
import { isKnownFormat } from './strings/formats.js';

/** What the engine does about one keyword of a schema. */
export interface KeywordReport {
  /** JSON pointer (RFC 6901) of the keyword; behind the URI and a `#` for other documents. */
  pointer: string;
  /** Empty where the schema as a whole is refused. */
  keyword: string;
  /**
   * `enforced`: no other value can be decoded. `narrowed`: enforced, and some valid values cannot be decoded either.
   * `checked`: decoding may go wrong, which the check at the end finds. `annotation`: says nothing about values.
   * `refused`: compiling throws.
   */
  status: 'enforced' | 'narrowed' | 'checked' | 'annotation' | 'refused';
  /** Why it is narrowed or refused, or an annotation though it could say more. */
  reason?: string;
}

/** Where one keyword stands for several schemas, the first of these that any of them has is reported. */
const BY_WEIGHT = ['refused', 'checked', 'narrowed', 'enforced', 'annotation'] as const;

/** Keywords through which other schemas must not be satisfied. */
const NEGATING = ['not', 'if', 'oneOf'];

/** From here on integers have too many digits for `multipleOf`. */
const MULTIPLES_END = 1e15;
/** From here on JavaScript writes integers with an exponent. */
const EXPONENTS_START = 1e21;
/** Steps above this have multiples with more digits. */
const LARGE_STEP = 1e12;

/**
 * What the engine does about each keyword of a schema that its root can reach: one row for each place. When compiling
 * throws because of one place, that is the only row.
 */
export function explain(schema: JsonSchema, options: SchemaOptions = {}): KeywordReport[] {
  const rows = new Map<string, KeywordReport>();
  let grammar: SchemaGrammar;
  try {
    grammar = new SchemaGrammar(schema, options);
    if (grammar.build(new ExpressionArena()) === NOTHING) {
      const place = grammar.impossiblePlace();
      const reason = `no value can satisfy the schema${place === '' ? '' : `, as none can what stands at ${place}`}`;
      rows.set('', { pointer: '', keyword: '', status: 'refused', reason });
    }
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error;
    return [refusal(error)];
  }
  for (const node of grammar.loaded.nodes) {
    if (!isObject(node.source)) continue;
    for (const keyword of Object.keys(node.source)) {
      const pointer = `${node.pointer}/${escapeStep(keyword)}`;
      const row = { pointer, keyword, ...whatHappens(node, keyword, options) };
      const known = rows.get(pointer);
      if (known === undefined || weight(row) < weight(known)) rows.set(pointer, row);
    }
  }
  for (const report of grammar.deferred()) {
    for (const row of checkedRows(rows, report)) {
      if (row.status !== 'refused')
        rows.set(row.pointer, { pointer: row.pointer, keyword: row.keyword, status: 'checked' });
    }
  }
  return [...rows.values()];
}

function refusal({ pointer = '', keyword = '', message, location }: ConstraintError): KeywordReport {
  const place = location === undefined ? '' : `${formatLocation(location)}: `;
  const reason = message.startsWith(place) ? message.slice(place.length) : message;
  return { pointer, keyword, status: 'refused', reason };
}

function weight({ status }: KeywordReport): number {
  return BY_WEIGHT.indexOf(status);
}

function whatHappens(
  node: SchemaNode,
  keyword: string,
  options: SchemaOptions,
): Pick<KeywordReport, 'status' | 'reason'> {
  if (!isEnforced(node, keyword)) {
    const reason = whyIgnored(node, keyword);
    return { status: 'annotation', ...(reason === undefined ? {} : { reason }) };
  }
  if (keyword === 'format' && !isKnownFormat(node.format!)) {
    return { status: 'annotation', reason: `the format ${JSON.stringify(node.format)} is not known` };
  }
  if (keyword === 'format' && options.formats === 'annotation' && !node.formatAsserted) {
    return { status: 'annotation', reason: 'the options say so' };
  }
  if (keyword === 'x-grounded' && node.grounded === 'optional') {
    return { status: 'annotation', reason: 'pieces of the texts are preferred, other strings are allowed too' };
  }
  const reason = whyNarrowed(node, keyword, options);
  return reason === undefined ? { status: 'enforced' } : { status: 'narrowed', reason };
}

function whyNarrowed(node: SchemaNode, keyword: string, options: SchemaOptions): string | undefined {
  switch (keyword) {
    case 'properties': {
      const isOpen = node.additionalProperties === undefined && node.unevaluatedProperties === undefined;
      return isOpen && options.undeclaredProperties === 'closed' ? 'only declared properties are written' : undefined;
    }
    case 'type':
      return joined(node.minLength === undefined ? whyShort(node, options) : undefined, whyFewNumbers(node, options));
    case 'minLength':
      return whyShort(node, options);
    case 'minimum':
    case 'maximum':
      return Math.abs(node[keyword] ?? 0) > Number.MAX_SAFE_INTEGER
        ? 'above 2^53 a bound may be rounded, so the next number inwards is taken'
        : undefined;
    case 'multipleOf': {
      const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = node;
      const low = minimum ?? exclusiveMinimum ?? Number.NEGATIVE_INFINITY;
      const high = maximum ?? exclusiveMaximum ?? Number.POSITIVE_INFINITY;
      const isWide = low <= -MULTIPLES_END || high >= MULTIPLES_END;
      return isWide && node.multipleOf! <= LARGE_STEP ? 'numbers have at most 15 digits before the point' : undefined;
    }
    default:
      return undefined;
  }
}

function joined(...reasons: readonly (string | undefined)[]): string | undefined {
  return reasons.filter((reason) => reason !== undefined).join('; ') || undefined;
}

function whyShort(node: SchemaNode, { maximumStringLength = Number.POSITIVE_INFINITY }: SchemaOptions) {
  if (maximumStringLength === Number.POSITIVE_INFINITY || !isUnbounded(node)) return undefined;
  return `strings have at most ${Math.max(maximumStringLength, node.minLength ?? 0)} characters`;
}

function whyFewNumbers(node: SchemaNode, { exponents = true }: SchemaOptions): string | undefined {
  if (exponents || (node.types & (INTEGER | NUMBER)) === 0 || (node.enum ?? node.const) !== undefined) return undefined;
  const isBounded = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < EXPONENTS_START;
  const isInside = isBounded(node.minimum ?? node.exclusiveMinimum) && isBounded(node.maximum ?? node.exclusiveMaximum);
  return (node.types & NUMBER) === 0 && isInside ? undefined : 'numbers are written without an exponent';
}

/** Whether strings are among the values and nothing in the schema itself says how long they are. */
function isUnbounded(node: SchemaNode): boolean {
  if ((node.types & STRING) === 0 || (node.enum ?? node.const) !== undefined) return false;
  if (node.maxLength !== undefined) return false;
  const isCopied = node.grounded === 'span' || node.grounded === 'span-ci';
  const isOfForm = node.pattern !== undefined || isCopied || (node.format !== undefined && isKnownFormat(node.format));
  return node.minLength !== undefined || !isOfForm;
}

/**
 * The rows of what is left to the check. Where that is no keyword of the schema (it must not be satisfied, or it is told
 * of the root): the keyword around it that is to blame, or all that may be.
 */
function checkedRows(rows: ReadonlyMap<string, KeywordReport>, { pointer, keyword }: DeferredReport): KeywordReport[] {
  const row = rows.get(pointer);
  if (row !== undefined) return [row];
  const blamed = keyword === 'not' ? NEGATING : [keyword];
  const candidates = [...rows.values()].filter((candidate) => blamed.includes(candidate.keyword));
  const around = candidates.filter((candidate) => pointer.startsWith(`${candidate.pointer}/`));
  if (around.length === 0) return candidates;
  return [around.reduce((one, other) => (other.pointer.length > one.pointer.length ? other : one))];
}
