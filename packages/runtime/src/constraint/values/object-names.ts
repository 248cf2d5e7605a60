import type { ObjectFacet } from './branch.js';
import { NEVER, type SchemaSetId, type SignedSchema, signed } from './schema-sets.js';
import type { Values } from './values.js';

type Facets = readonly ObjectFacet[];
/** An obligation that some property has to meet. */
export type Obligation = Extract<ObjectFacet, { kind: 'exists' }>;

/** What a property of this name must be: the schemas of all facets that look at it. */
export function schemasOfName(values: Values, facets: Facets, name: string): SchemaSetId {
  const schemas: SignedSchema[] = [];
  for (const facet of facets) {
    switch (facet.kind) {
      case 'declared':
        addDeclared(schemas, facet, name);
        break;
      case 'property':
        if (facet.name === name) schemas.push(facet.schema);
        break;
      case 'names':
        if (!values.isNameValid(facet.node, facet.negated, name)) schemas.push(NEVER);
        break;
      case 'unevaluated':
        if (!facet.covers.some((cover) => looksAt(cover, name))) schemas.push(facet.schema);
        break;
    }
  }
  return values.sets.all(schemas);
}

function addDeclared(
  schemas: SignedSchema[],
  { node }: Extract<ObjectFacet, { kind: 'declared' }>,
  name: string,
): void {
  const declared = node.properties?.get(name);
  let isKnown = declared !== undefined;
  if (declared !== undefined) schemas.push(signed(declared));
  for (const { pattern, schema } of node.patternProperties ?? []) {
    if (!pattern.expression.test(name)) continue;
    isKnown = true;
    schemas.push(signed(schema));
  }
  if (!isKnown && node.additionalProperties !== undefined) schemas.push(signed(node.additionalProperties));
}

function looksAt(facet: ObjectFacet, name: string): boolean {
  if (facet.kind === 'unevaluated') return true;
  if (facet.kind !== 'declared' || facet.isHidden) return false;
  const { properties, patternProperties, additionalProperties } = facet.node;
  if (additionalProperties !== undefined || properties?.has(name)) return true;
  return patternProperties?.some(({ pattern }) => pattern.expression.test(name)) ?? false;
}

/** Whether a property of this name can meet an obligation. */
export function isInRegion(values: Values, { region }: Obligation, name: string): boolean {
  switch (region.kind) {
    case 'pattern':
      return region.pattern.expression.test(name);
    case 'refused':
      return !values.isNameValid(region.node, region.negated, name);
    case 'additional': {
      const { properties, patternProperties } = region.node;
      return !properties?.has(name) && !patternProperties?.some(({ pattern }) => pattern.expression.test(name));
    }
  }
}

/** Names that the facets speak of one by one, in the order of the schema. */
export function declaredNames(facets: Facets): string[] {
  const names = new Set<string>();
  for (const facet of facets) {
    if (facet.kind === 'declared') for (const name of facet.node.properties?.keys() ?? []) names.add(name);
    // What is additional is told apart by these names.
    if (facet.kind === 'exists' && facet.region.kind === 'additional') {
      for (const name of facet.region.node.properties?.keys() ?? []) names.add(name);
    }
  }
  for (const facet of facets) {
    if (facet.kind === 'property') names.add(facet.name);
    else if (facet.kind === 'required') for (const name of facet.names) names.add(name);
    else if (facet.kind === 'implied') {
      names.add(facet.name);
      for (const name of facet.names) names.add(name);
    }
  }
  return [...names];
}
