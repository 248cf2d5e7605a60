import type { JsonValue } from '@tooltune/sdk';
import type { SchemaNode } from './schema-node.js';
import type { SchemaResource, SchemaTarget } from './schema-resources.js';

/**
 * What dynamic references mean after some way through the resources: of all that were entered, the outermost one with
 * the anchor decides (JSON Schema 2020-12 core, section 8.2.3.2). Nodes are made once for each scope.
 */
export class DynamicScope {
  /** Nodes by the schema that they are read from. */
  readonly nodes = new Map<JsonValue, SchemaNode>();
  private readonly anchors: ReadonlyMap<string, SchemaTarget>;
  private readonly entered = new Map<SchemaResource, DynamicScope>();

  constructor(anchors: ReadonlyMap<string, SchemaTarget> = new Map()) {
    this.anchors = anchors;
  }

  /** What the anchor means here. */
  find(anchor: string): SchemaTarget | undefined {
    return this.anchors.get(anchor);
  }

  /** The scope inside of a resource whose anchors are indexed: this one, where it adds none. */
  enter(resource: SchemaResource): DynamicScope {
    const known = this.entered.get(resource);
    if (known !== undefined) return known;
    const anchors = new Map([...resource.dynamicAnchors, ...this.anchors]);
    const scope = anchors.size === this.anchors.size ? this : new DynamicScope(anchors);
    this.entered.set(resource, scope);
    return scope;
  }
}
