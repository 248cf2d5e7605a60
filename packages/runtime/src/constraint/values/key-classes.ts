import { NOTHING } from '../grammar/expression-arena.js';
import type { SchemaPattern } from '../schema/schema-node.js';
import { anyBody } from '../strings/json-string.js';
import type { ObjectFacet } from './branch.js';
import { NEVER, NEVER_SET, type SchemaSetId, type SignedSchema, signed } from './schema-sets.js';
import type { Values } from './values.js';

/** Undeclared names that are all treated alike. */
export interface KeyClass {
  /** Expression of the names, as bodies of JSON strings. */
  body: number;
  /** What their values must be. */
  set: SchemaSetId;
  /** Bit i is set when such a property can meet obligation i. */
  obligations: number;
}

/** Classes above which `patternProperties` are left to the check at the end. */
const MAXIMUM_CLASSES = 24;

type Facets = readonly ObjectFacet[];

/**
 * Divides all names but the declared ones by the patterns that they match. Where patterns are disjoint, as they mostly
 * are, there is a class for each and one for the rest.
 */
export function keyClasses(values: Values, facets: Facets): KeyClass[] {
  const { arena } = values;
  const patterns = patternsOf(facets);
  const bodies = patterns.map((pattern) => values.patternBody(pattern));
  const unknown: ReadonlySet<string> = new Set(
    patterns.filter((_, index) => bodies[index] === undefined).map(({ source }) => source),
  );
  const known = patterns.flatMap((pattern, index) => {
    const body = bodies[index];
    return body === undefined ? [] : [{ source: pattern.source, body }];
  });
  for (const facet of facets) {
    if (facet.kind !== 'declared') continue;
    if (facet.node.patternProperties?.some(({ pattern }) => unknown.has(pattern.source))) {
      values.defer(facet.node, 'patternProperties');
    }
  }
  const obligations = facets.filter((facet) => facet.kind === 'exists');
  let allNames = anyBody(arena);
  for (const facet of facets) {
    if (facet.kind === 'names') allNames = arena.intersection([allNames, values.nameBody(facet.schema)]);
  }
  if (allNames === NOTHING) return [];
  const classes: KeyClass[] = [];
  const add = (matched: ReadonlySet<string>, body: number) => {
    const set = schemasOfClass(values, facets, matched, unknown);
    if (set === NEVER_SET || body === NOTHING || !values.isSatisfiable(set)) return;
    let met = 0;
    for (const [index, { region }] of obligations.entries()) {
      if (region.kind === 'pattern' && matched.has(region.pattern.source)) met |= 1 << index;
      else if (region.kind === 'additional') {
        if (!region.node.patternProperties?.some(({ pattern }) => matched.has(pattern.source))) met |= 1 << index;
      }
    }
    let parts: KeyClass[] = [{ body, set, obligations: met }];
    for (const [index, { region }] of obligations.entries()) {
      if (region.kind !== 'refused') continue;
      const refused = values.nameBody(signed(region.node, !region.negated));
      const others = values.nameBody(signed(region.node, region.negated));
      parts = parts.flatMap((part) => [
        { ...part, body: arena.intersection([part.body, refused]), obligations: part.obligations | (1 << index) },
        { ...part, body: arena.intersection([part.body, others]) },
      ]);
    }
    classes.push(...parts.filter((part) => part.body !== NOTHING));
  };
  const visit = (index: number, matched: Set<string>, inside: number, outside: number[]): boolean => {
    if (classes.length > MAXIMUM_CLASSES) return false;
    if (index === known.length) {
      const others = outside.filter((body) => arena.intersection([inside, body]) !== NOTHING);
      const isUsed = schemasOfClass(values, facets, matched, unknown) !== NEVER_SET;
      if (isUsed) add(matched, arena.intersection([inside, ...others.map((body) => arena.complement(body))]));
      return true;
    }
    const { source, body } = known[index]!;
    const both = arena.intersection([inside, body]);
    if (both !== NOTHING && !visit(index + 1, new Set([...matched, source]), both, outside)) return false;
    return visit(index + 1, matched, inside, [...outside, body]);
  };
  if (visit(0, new Set(), allNames, [])) return classes;
  for (const facet of facets) if (facet.kind === 'declared') values.defer(facet.node, 'patternProperties');
  return [{ body: allNames, set: 0, obligations: 2 ** Math.min(obligations.length, 30) - 1 }];
}

function patternsOf(facets: Facets): SchemaPattern[] {
  const patterns = new Map<string, SchemaPattern>();
  const visit = (list: Facets) => {
    for (const facet of list) {
      if (facet.kind === 'declared') {
        for (const { pattern } of facet.node.patternProperties ?? []) patterns.set(pattern.source, pattern);
      } else if (facet.kind === 'exists') {
        if (facet.region.kind === 'pattern') patterns.set(facet.region.pattern.source, facet.region.pattern);
        else if (facet.region.kind === 'additional') {
          for (const { pattern } of facet.region.node.patternProperties ?? []) patterns.set(pattern.source, pattern);
        }
      } else if (facet.kind === 'unevaluated') visit(facet.covers);
    }
  };
  visit(facets);
  return [...patterns.values()];
}

function schemasOfClass(
  values: Values,
  facets: Facets,
  matched: ReadonlySet<string>,
  unknown: ReadonlySet<string>,
): SchemaSetId {
  const schemas: SignedSchema[] = [];
  for (const facet of facets) {
    if (facet.kind === 'declared') {
      const { patternProperties = [], additionalProperties } = facet.node;
      const own = patternProperties.filter(({ pattern }) => matched.has(pattern.source));
      for (const { schema } of own) schemas.push(signed(schema));
      const mayMatch = own.length > 0 || patternProperties.some(({ pattern }) => unknown.has(pattern.source));
      if (!mayMatch && additionalProperties !== undefined) schemas.push(signed(additionalProperties));
    } else if (facet.kind === 'unevaluated' && !facet.covers.some((cover) => looksAtClass(cover, matched, unknown))) {
      schemas.push(facet.schema);
    }
  }
  if (values.isClosed && isOpen(facets) && matched.size === 0) schemas.push(NEVER);
  return values.sets.all(schemas);
}

/** Whether the schemas name properties, and leave open whether there may be others. */
function isOpen(facets: Facets): boolean {
  let isDeclared = false;
  for (const facet of facets) {
    if (facet.kind === 'unevaluated') return false;
    if (facet.kind !== 'declared') continue;
    if (facet.node.additionalProperties !== undefined) return false;
    isDeclared ||= facet.node.properties !== undefined;
  }
  return isDeclared;
}

function looksAtClass(facet: ObjectFacet, matched: ReadonlySet<string>, unknown: ReadonlySet<string>): boolean {
  if (facet.kind === 'unevaluated') return true;
  if (facet.kind !== 'declared' || facet.isHidden) return false;
  if (facet.node.additionalProperties !== undefined) return true;
  return (
    facet.node.patternProperties?.some(({ pattern }) => matched.has(pattern.source) || unknown.has(pattern.source)) ??
    false
  );
}
