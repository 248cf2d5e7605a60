import { EMPTY_TEXT, type ExpressionArena, NOTHING, UNBOUNDED } from '../grammar/expression-arena.js';
import { groundedBody } from '../grammar/grounded-automaton.js';
import { literals } from '../grammar/literal-automaton.js';
import type { SchemaNode, SchemaPattern } from '../schema/schema-node.js';
import { formatBody, isKnownFormat } from '../strings/formats.js';
import { anyBody, boundedBody, freeBody, quote } from '../strings/json-string.js';
import { PatternError } from '../strings/pattern.js';
import { patternBody } from '../strings/pattern-body.js';
import { type Branch, boundsOf, type StringFacet } from './branch.js';

/** What string values need to know. */
export interface StringContext {
  readonly arena: ExpressionArena;
  /** Most code points of a string that has no `maxLength`; UNBOUNDED for no bound. */
  readonly maximumLength: number;
  /** Texts that grounded strings are copied from; without any they are ordinary strings. */
  readonly groundingTexts: readonly string[];
  defer(node: SchemaNode, keyword: string): void;
}

/** The strings of a branch, quotes included. */
export function stringValue(context: StringContext, branch: Branch): number {
  const { arena } = context;
  const [minimum, maximum] = lengthOf(context, branch.strings);
  if (maximum !== UNBOUNDED && minimum > maximum) return NOTHING;
  const isFree =
    branch.excluded.every((value) => typeof value !== 'string') &&
    branch.strings.every((facet) => facet.kind === 'length' || isOptional(facet));
  const body = isFree ? freeBody(arena, minimum, maximum) : stringBody(context, branch);
  return arena.sequence(quote(arena), withPreferred(context, branch, body), quote(arena));
}

function isOptional(facet: StringFacet): boolean {
  return facet.kind === 'grounded' && facet.mode === 'optional';
}

/** The bodies, with those that are preferred besides: pieces of the texts where a facet asks for them, if they can be. */
function withPreferred(context: StringContext, branch: Branch, body: number): number {
  const { arena, groundingTexts } = context;
  if (body === NOTHING || groundingTexts.length === 0 || !branch.strings.some(isOptional)) return body;
  const [minimum, maximum] = lengthOf(context, branch.strings);
  const longest = groundingTexts.reduce((most, text) => Math.max(most, text.length), 0);
  // Where all pieces are short enough they need not be counted.
  const most = maximum === UNBOUNDED || maximum >= longest ? Number.POSITIVE_INFINITY : maximum;
  const piece = groundedBody(arena, groundingTexts, 'optional', { minimum, maximum: most });
  const others = contents(context, { ...branch, strings: branch.strings.filter(({ kind }) => kind !== 'length') });
  return arena.alternation([arena.intersection([piece, ...others]), body]);
}

/** The strings of a branch between their quotes, written as JSON.stringify does. */
export function stringBody(context: StringContext, branch: Branch): number {
  const { arena } = context;
  const parts = contents(context, branch);
  const [minimum, maximum] = lengthOf(context, branch.strings);
  const isBounded = branch.strings.some(({ kind }) => kind === 'length');
  if (isBounded || parts.every((part) => arena.isComplement(part))) {
    parts.push(minimum === 0 && maximum === UNBOUNDED ? anyBody(arena) : boundedBody(arena, minimum, maximum));
  }
  return arena.intersection(parts);
}

/** What the bodies must match besides their length. */
function contents(context: StringContext, branch: Branch): number[] {
  const { arena } = context;
  const parts: number[] = [];
  for (const facet of branch.strings) {
    if (facet.kind === 'length') continue;
    const body = contentOf(context, facet);
    if (body !== undefined) parts.push(facet.kind !== 'grounded' && facet.negated ? arena.complement(body) : body);
  }
  const excluded = branch.excluded.filter((value) => typeof value === 'string');
  if (excluded.length > 0) {
    const texts = excluded.map((value) => ({ text: JSON.stringify(value).slice(1, -1), then: EMPTY_TEXT }));
    parts.push(arena.complement(literals(arena, texts)));
  }
  return parts;
}

function lengthOf({ maximumLength }: StringContext, facets: readonly StringFacet[]): [number, number] {
  const { minimum: least, maximum: most } = boundsOf(facets, 'length');
  if (most === Number.POSITIVE_INFINITY) {
    return [least, maximumLength === UNBOUNDED ? UNBOUNDED : Math.max(maximumLength, least)];
  }
  return [least, most];
}

/** The bodies that a facet asks for; undefined where it asks for nothing, or cannot be enforced. */
function contentOf(context: StringContext, facet: Exclude<StringFacet, { kind: 'length' }>): number | undefined {
  const { arena } = context;
  if (facet.kind === 'grounded') {
    const isAny = facet.mode === 'optional' || context.groundingTexts.length === 0;
    return isAny ? undefined : groundedBody(arena, context.groundingTexts, facet.mode);
  }
  if (facet.kind === 'format') {
    const body = formatBody(arena, facet.format);
    if (body === undefined && isKnownFormat(facet.format)) context.defer(facet.node, 'format');
    return body;
  }
  const body = regularBody(arena, facet.pattern);
  if (body === undefined) context.defer(facet.node, 'pattern');
  return body;
}

/** The bodies in which a pattern is found; undefined for a pattern that is not enforced. */
export function regularBody(arena: ExpressionArena, { source }: SchemaPattern): number | undefined {
  try {
    return patternBody(arena, source);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return undefined;
  }
}
