import type { SchemaNode } from '../schema/schema-node.js';

/**
 * A schema that a value must satisfy, or must not: a whole number, so that sets of them are cheap. ANYTHING is the schema
 * that all satisfy, NEVER the one that none does.
 */
export type SignedSchema = number;

export const ANYTHING: SignedSchema = 0;
export const NEVER: SignedSchema = 1;

/** The schema itself, or its negation. */
export function signed(schema: SchemaNode, negated = false): SignedSchema {
  const node = schema.target;
  if (node.never) return negated ? ANYTHING : NEVER;
  return ((node.id + 1) << 1) | (negated ? 1 : 0);
}

export function isNegated(schema: SignedSchema): boolean {
  return (schema & 1) === 1;
}

/** Position of the node of a signed schema that is neither ANYTHING nor NEVER. */
export function nodeIndex(schema: SignedSchema): number {
  return (schema >>> 1) - 1;
}

/** Number of a set of signed schemas, all of which must hold. */
export type SchemaSetId = number;

/** The set without members: any value. */
export const ANY_SET: SchemaSetId = 0;
/** The set that nothing satisfies. */
export const NEVER_SET: SchemaSetId = 1;

/** Sets of signed schemas, each with one number. */
export class SchemaSets {
  private readonly lists: SignedSchema[][] = [[], [NEVER]];
  private readonly singles: number[] = [];
  private readonly ids = new Map<string, SchemaSetId>();

  /** The set of one schema. */
  single(schema: SignedSchema): SchemaSetId {
    if (schema === ANYTHING) return ANY_SET;
    if (schema === NEVER) return NEVER_SET;
    return (this.singles[schema] ??= this.lists.push([schema]) - 1);
  }

  /** The set of all of these; order and repetition do not matter. */
  all(schemas: readonly SignedSchema[]): SchemaSetId {
    if (schemas.length === 1) return this.single(schemas[0]!);
    if (schemas.length === 0) return ANY_SET;
    const sorted = [...schemas].sort((a, b) => a - b);
    const list = sorted.filter((schema, index) => schema !== ANYTHING && schema !== sorted[index - 1]);
    if (list.includes(NEVER)) return NEVER_SET;
    if (list.some((schema, index) => isNegated(schema) && list[index - 1] === schema - 1)) return NEVER_SET;
    if (list.length < 2) return this.single(list[0] ?? ANYTHING);
    const key = list.join();
    let id = this.ids.get(key);
    if (id === undefined) this.ids.set(key, (id = this.lists.push(list) - 1));
    return id;
  }

  /** Another set with one more schema. */
  with(set: SchemaSetId, schema: SignedSchema): SchemaSetId {
    return schema === ANYTHING ? set : this.all([...this.lists[set]!, schema]);
  }

  members(set: SchemaSetId): readonly SignedSchema[] {
    return this.lists[set]!;
  }
}
