import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { ConstraintError } from '../constraint-error.js';
import { ANY_DRAFT, DIALECTS, type Draft } from './dialect.js';
import { DynamicScope } from './dynamic-scope.js';
import { refuseEndlessReferences } from './endless-references.js';
import { KeywordReader } from './keyword-reader.js';
import { type LoadedSchema, SchemaNode } from './schema-node.js';
import { isObject } from './schema-object.js';
import { type NodeOpener, readSchema } from './schema-reader.js';
import { isResource, type SchemaResource, SchemaResources } from './schema-resources.js';
import { splitFragment } from './uri-reference.js';

export interface LoadOptions {
  /** What the schema is called in error messages. Default 'schema'. */
  schemaName?: string;
  /** Other documents that `$ref` and `$schema` may name, by their URI without a fragment. Nothing is ever fetched. */
  remotes?: ReadonlyMap<string, JsonValue>;
  /** How a schema without `$schema` is read. Default: every keyword of every draft counts, also beside `$ref`. */
  defaultDraft?: Draft;
}

/** Schemas inside of each other, each step of a reference included. */
const MAXIMUM_DEPTH = 500;
/** A schema that is one object in many places, as code may build it, can be exponentially larger than its text. */
const MAXIMUM_NODES = 100_000;

/**
 * Reads a JSON Schema (drafts 4 to 2020-12) with all that can be reached from its root.
 * @throws ConstraintError with the code `constraint/invalid-schema`, `constraint/unsupported-keyword` (a reference or
 * a dialect that is not there), `constraint/too-deep`, `constraint/too-large` or `constraint/infinite-reference`.
 */
export function loadSchema(schema: JsonSchema, options: LoadOptions = {}): LoadedSchema {
  return new SchemaLoader(schema, options, false).load() ?? new SchemaLoader(schema, options, true).load()!;
}

/** Reads schema by schema, outermost first: no recursion, however deep the schemas are. */
class SchemaLoader implements NodeOpener {
  readonly values: KeywordReader;
  private readonly schemaName: string;
  private readonly resources: SchemaResources;
  /** Whether scopes are kept apart. They are only where a dynamic reference asks for it. */
  private readonly scoped: boolean;
  private needsScopes = false;

  private readonly nodes: SchemaNode[] = [];
  private readonly resourceOf: SchemaResource[] = [];
  private readonly scopeOf: DynamicScope[] = [];
  private readonly depthOf: number[] = [];
  /** Whether scopes hold their nodes. Without any reference no schema is met twice. */
  private sharing: boolean;

  private parent!: SchemaNode;
  private resource!: SchemaResource;
  private scope!: DynamicScope;
  private depth = -1;

  constructor(schema: JsonSchema, options: LoadOptions, scoped: boolean) {
    const { schemaName = 'schema', remotes, defaultDraft } = options;
    this.schemaName = schemaName;
    this.values = new KeywordReader(schemaName);
    const dialect = defaultDraft === undefined ? ANY_DRAFT : DIALECTS[defaultDraft];
    this.resources = new SchemaResources(schema, dialect, { schemaName, remotes });
    this.scoped = scoped;
    this.sharing = scoped;
  }

  /** Undefined where a reference depends on the way to it, and scopes were not kept apart. */
  load(): LoadedSchema | undefined {
    const { nodes, resources } = this;
    const { root } = resources;
    this.add(root.source, root, this.enterScope(new DynamicScope(), root), undefined, '', undefined);
    for (let next = 0; next < nodes.length; next++) this.read(nodes[next]!);
    if (this.needsScopes) return undefined;
    if (this.sharing) refuseEndlessReferences(nodes, this.values);
    return { root: nodes[0]!, nodes };
  }

  open(source: JsonValue, keyword: string, key?: string | number): SchemaNode {
    if (this.sharing && typeof source === 'object') {
      const known = this.scope.nodes.get(source);
      if (known !== undefined) return known;
    }
    return this.add(source, this.resource, this.scope, this.parent, keyword, key);
  }

  openReference(reference: string, keyword: string): SchemaNode {
    this.share();
    let target = this.resources.resolve(reference, this.resource);
    if (target !== undefined && keyword !== '$ref') {
      const [, anchor] = splitFragment(reference);
      this.resources.index(target.resource.document);
      if (target.resource.dynamicAnchors.get(anchor)?.source === target.source) {
        this.needsScopes = !this.scoped;
        target = this.scope.find(anchor) ?? target;
      }
    }
    if (target === undefined) {
      const problem = `names ${JSON.stringify(reference)}, which is not in the schema; other documents must be given, as nothing is fetched`;
      throw this.values.error('constraint/unsupported-keyword', this.parent, keyword, problem);
    }
    const { source, resource, pointer } = target;
    const scope = this.enterScope(this.scope, resource);
    return scope.nodes.get(source) ?? this.add(source, resource, scope, undefined, pointer, undefined);
  }

  private add(
    source: JsonValue,
    resource: SchemaResource,
    scope: DynamicScope,
    parent: SchemaNode | undefined,
    place: string,
    key: string | number | undefined,
  ): SchemaNode {
    const node = new SchemaNode(this.nodes.length, source, parent, place, key);
    if (this.depth >= MAXIMUM_DEPTH) {
      throw this.refuse('constraint/too-deep', node, `nested too deeply: more than ${MAXIMUM_DEPTH} schemas`);
    }
    if (this.nodes.length >= MAXIMUM_NODES) {
      throw this.refuse('constraint/too-large', node, `the schema is made of more than ${MAXIMUM_NODES} schemas`);
    }
    this.nodes.push(node);
    this.resourceOf.push(resource);
    this.scopeOf.push(scope);
    this.depthOf.push(this.depth + 1);
    if (this.sharing && typeof source === 'object') scope.nodes.set(source, node);
    return node;
  }

  private read(node: SchemaNode): void {
    const { source, id } = node;
    if (source === true) return;
    if (source === false) {
      node.never = true;
      return;
    }
    if (!isObject(source)) throw this.refuse('constraint/invalid-schema', node, 'a schema is an object or a boolean');
    let resource = this.resourceOf[id]!;
    let scope = this.scopeOf[id]!;
    if (isResource(source, resource.dialect) && source !== resource.source) {
      resource = this.resources.enter(source, resource, node.pointer);
      scope = this.enterScope(scope, resource);
    }
    this.parent = node;
    this.resource = resource;
    this.scope = scope;
    this.depth = this.depthOf[id]!;
    const { dialect } = resource;
    node.dialect = dialect;
    if (dialect.refAlone && typeof source.$ref === 'string') {
      node.ref = this.openReference(source.$ref, '$ref');
      return;
    }
    readSchema(node, source, dialect.ignored, this);
  }

  private enterScope(scope: DynamicScope, resource: SchemaResource): DynamicScope {
    if (!this.scoped) return scope;
    this.resources.index(resource.document);
    return scope.enter(resource);
  }

  /** From the first reference on, a schema may be met again. */
  private share(): void {
    if (this.sharing) return;
    this.sharing = true;
    for (const node of this.nodes) if (typeof node.source === 'object') this.scope.nodes.set(node.source, node);
  }

  private refuse(code: ConstraintError['code'], node: SchemaNode, message: string): ConstraintError {
    const { pointer } = node;
    const keyword = node.keyword;
    return new ConstraintError(code, message, { pointer, keyword, schemaName: this.schemaName });
  }
}
