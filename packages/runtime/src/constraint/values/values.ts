import type { ExpressionArena } from '../grammar/expression-arena.js';
import type { SchemaNode, SchemaPattern } from '../schema/schema-node.js';
import type { SchemaSetId, SchemaSets, SignedSchema } from './schema-sets.js';

/**
 * Order in which an object's properties may be written: any, that of the schema, or that of a list of names, behind which
 * the others come in the schema's order.
 */
export type PropertyOrder = 'any' | 'schema' | readonly string[];

/** What objects and arrays ask of the grammar that they are part of. */
export interface Values {
  readonly arena: ExpressionArena;
  readonly sets: SchemaSets;
  readonly propertyOrder: PropertyOrder;
  /** Only declared properties are written where a schema does not say that others may be. */
  readonly isClosed: boolean;
  /** White space that may follow a comma or a colon. */
  readonly gap: number;
  /** White space that may stand elsewhere between tokens of JSON. */
  readonly pad: number;
  /** Values that satisfy the set. */
  expression(set: SchemaSetId): number;
  /** Bytes of the shortest of them; Infinity where there is none. */
  shortest(set: SchemaSetId): number;
  isSatisfiable(set: SchemaSetId): boolean;
  /** Every value of the set as one list, where they are few scalars; otherwise undefined. */
  finiteValues(set: SchemaSetId): readonly string[] | undefined;
  isNameValid(node: SchemaNode, negated: boolean, name: string): boolean;
  /** Names that satisfy the schema, as bodies of JSON strings. */
  nameBody(schema: SignedSchema): number;
  /** Names in which the pattern is found; undefined where it cannot be enforced. */
  patternBody(pattern: SchemaPattern): number | undefined;
  defer(node: SchemaNode, keyword: string): void;
}
