import type { ArrayFacet } from './branch.js';
import { ANYTHING, type SchemaSetId, type SchemaSets, type SignedSchema } from './schema-sets.js';

/** What the item at a position must be: the schemas of all facets that look at it, `contains` apart. */
export function schemasOfItem(sets: SchemaSets, facets: readonly ArrayFacet[], index: number): SchemaSetId {
  const schemas: SignedSchema[] = [];
  for (const facet of facets) {
    if (facet.kind === 'items') schemas.push(facet.prefix[index] ?? facet.rest);
    else if (facet.kind === 'unevaluated' && !facet.covers.some((cover) => looksAt(cover, index))) {
      // Items that `contains` finds count as looked at: those are choices of their own.
      if (!facet.covers.some(isContaining)) schemas.push(facet.schema);
    }
  }
  return sets.all(schemas);
}

/** Whether items that a facet finds count as looked at. */
export function isContaining(facet: ArrayFacet): facet is Extract<ArrayFacet, { kind: 'contains' }> {
  return facet.kind === 'contains' && !facet.isHidden;
}

/** Whether a facet says anything about the item at a position. */
export function looksAt(facet: ArrayFacet, index: number): boolean {
  if (facet.kind === 'unevaluated') return true;
  return facet.kind === 'items' && !facet.isHidden && (index < facet.prefix.length || facet.rest !== ANYTHING);
}
