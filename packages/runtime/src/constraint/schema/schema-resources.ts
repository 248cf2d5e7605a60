import type { JsonValue } from '@tooltune/sdk';
import { ConstraintError } from '../constraint-error.js';
import { customDialect, type Dialect, officialDialect } from './dialect.js';
import { escapeStep, pointerSteps } from './json-pointer.js';
import { isObject, type SchemaObject } from './schema-object.js';
import { visitSubschemas } from './subschemas.js';
import { resolveUri, splitFragment } from './uri-reference.js';

/** What a reference names. */
export interface SchemaTarget {
  readonly source: JsonValue;
  readonly resource: SchemaResource;
  /** As `SchemaNode.pointer`. */
  readonly pointer: string;
}

/** A schema with a base URI of its own, and what is inside of it (JSON Schema 2020-12 core, section 4.3.5). */
export class SchemaResource {
  readonly document: SchemaDocument;
  readonly source: JsonValue;
  readonly pointer: string;
  readonly dialect: Dialect;
  private readonly id: string | undefined;
  private readonly parent: SchemaResource | undefined;
  private resolved: string | undefined;
  /** Filled when the document is indexed. */
  readonly anchors = new Map<string, SchemaTarget>();
  /** Also '' for a root with `$recursiveAnchor`. */
  readonly dynamicAnchors = new Map<string, SchemaTarget>();

  constructor(
    document: SchemaDocument,
    source: JsonValue,
    pointer: string,
    dialect: Dialect,
    id: string | undefined,
    parent: SchemaResource | undefined,
  ) {
    this.document = document;
    this.source = source;
    this.pointer = pointer;
    this.dialect = dialect;
    this.id = id;
    this.parent = parent;
  }

  /** Base URI, without a fragment; '' where nothing says what it is. */
  get uri(): string {
    if (this.resolved === undefined) {
      const base = this.parent === undefined ? this.document.uri : this.parent.uri;
      this.resolved = this.id === undefined ? base : resolveUri(splitFragment(this.id)[0], base);
    }
    return this.resolved;
  }
}

/** One JSON document. */
interface SchemaDocument {
  /** Where it was found; '' for the schema that is loaded. */
  readonly uri: string;
  /** Resources by the object that they are; the root is not among them. */
  readonly embedded: Map<JsonValue, SchemaResource>;
  root: SchemaResource;
  indexed: boolean;
}

/** The resources of a schema and of the documents that it refers to. Nothing is read before a reference needs it. */
export class SchemaResources {
  /** The root of the schema that is loaded. */
  readonly root: SchemaResource;
  private readonly remotes: ReadonlyMap<string, JsonValue> | undefined;
  private readonly schemaName: string;
  private readonly known = new Map<string, SchemaResource>();

  constructor(
    schema: JsonValue,
    dialect: Dialect,
    options: { schemaName: string; remotes?: ReadonlyMap<string, JsonValue> | undefined },
  ) {
    this.schemaName = options.schemaName;
    this.remotes = options.remotes;
    this.root = this.openDocument(schema, '', dialect);
  }

  /** The resource that a schema inside of `parent` is in: another one where it has an identifier. */
  enter(source: SchemaObject, parent: SchemaResource, pointer: string): SchemaResource {
    const { document, dialect } = parent;
    if (source === document.root.source) return document.root;
    const known = document.embedded.get(source);
    if (known !== undefined) return known;
    const id = source[dialect.idKeyword] as string;
    const own = this.dialectOf(source, dialect, pointer);
    const resource = new SchemaResource(document, source, pointer, own, id, parent);
    document.embedded.set(source, resource);
    return resource;
  }

  /** What the reference names, seen from a resource. Undefined where there is no such thing. */
  resolve(reference: string, from: SchemaResource): SchemaTarget | undefined {
    const [uri, fragment] = splitFragment(reference);
    const resource = uri === '' ? from : this.find(resolveUri(uri, from.uri), from);
    if (resource === undefined) return undefined;
    if (fragment === '') return { source: resource.source, resource, pointer: resource.pointer };
    if (!fragment.startsWith('/')) {
      this.index(resource.document);
      return resource.anchors.get(fragment);
    }
    // Where an `$id` is there for the name alone, pointers are often written from the root of the document all the same.
    return this.follow(fragment, resource) ?? this.follow(fragment, resource.document.root);
  }

  /** Finds all anchors of the document that a resource is in. */
  index(document: SchemaDocument): void {
    if (document.indexed) return;
    document.indexed = true;
    const visited = new Set<SchemaObject>();
    const open: SchemaTarget[] = [
      { source: document.root.source, resource: document.root, pointer: document.root.pointer },
    ];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { source, pointer } = next;
      if (!isObject(source) || visited.has(source)) continue;
      visited.add(source);
      const resource = isResource(source, next.resource.dialect)
        ? this.enter(source, next.resource, pointer)
        : next.resource;
      if (!this.known.has(resource.uri)) this.known.set(resource.uri, resource);
      addAnchors({ source, resource, pointer }, source);
      visitSubschemas(source, pointer, (inner, at) => open.push({ source: inner, resource, pointer: at }));
    }
  }

  private find(uri: string, from: SchemaResource): SchemaResource | undefined {
    if (uri === from.uri) return from;
    if (uri === from.document.root.uri) return from.document.root;
    this.index(this.root.document);
    const known = this.known.get(uri);
    if (known !== undefined) return known;
    const remote = this.remotes?.get(uri) ?? this.remotes?.get(`${uri}#`);
    if (remote === undefined) return undefined;
    const root = this.openDocument(remote, uri, from.dialect);
    this.known.set(uri, root);
    this.index(root.document);
    return root;
  }

  private openDocument(source: JsonValue, uri: string, inherited: Dialect): SchemaResource {
    const prefix = uri === '' ? '' : `${uri}#`;
    const dialect = isObject(source) ? this.dialectOf(source, inherited, prefix) : inherited;
    const document = { uri, embedded: new Map(), indexed: false } as unknown as SchemaDocument;
    const id = isObject(source) ? source[dialect.idKeyword] : undefined;
    const base = typeof id === 'string' ? id : undefined;
    document.root = new SchemaResource(document, source, prefix, dialect, base, undefined);
    return document.root;
  }

  private follow(fragment: string, from: SchemaResource): SchemaTarget | undefined {
    let source = from.source;
    let resource = from;
    const steps = pointerSteps(fragment);
    for (const [index, step] of steps.entries()) {
      if (typeof source !== 'object' || source === null || !Object.hasOwn(source, step)) return undefined;
      source = (source as SchemaObject)[step]!;
      if (!isObject(source) || !isResource(source, resource.dialect)) continue;
      const within = steps.slice(0, index + 1).map(escapeStep);
      resource = this.enter(source, resource, `${from.pointer}/${within.join('/')}`);
    }
    return { source, resource, pointer: from.pointer + fragment };
  }

  private dialectOf(source: SchemaObject, inherited: Dialect, pointer: string): Dialect {
    const uri = source.$schema;
    if (uri === undefined) return inherited;
    const at = { keyword: '$schema', pointer: `${pointer}/$schema`, schemaName: this.schemaName };
    if (typeof uri !== 'string') throw new ConstraintError('constraint/invalid-schema', '`$schema` must be a text', at);
    const official = officialDialect(uri);
    if (official !== undefined) return official;
    const metaschema = this.remotes?.get(splitFragment(uri)[0]);
    if (metaschema === undefined) {
      const message = `the dialect ${JSON.stringify(uri)} is not known; use an official $schema, or leave it out`;
      throw new ConstraintError('constraint/unsupported-keyword', message, at);
    }
    const dialect = customDialect(metaschema);
    if (typeof dialect !== 'string') return dialect;
    const message = `the dialect ${JSON.stringify(uri)} requires the vocabulary ${JSON.stringify(dialect)}, which is not supported`;
    throw new ConstraintError('constraint/unsupported-keyword', message, at);
  }
}

/** True for a schema that has an identifier of its own which is more than an anchor. */
export function isResource(source: SchemaObject, dialect: Dialect): boolean {
  const id = source[dialect.idKeyword];
  if (typeof id !== 'string' || id === '' || id.startsWith('#')) return false;
  return !dialect.refAlone || typeof source.$ref !== 'string';
}

function addAnchors(target: SchemaTarget, source: SchemaObject): void {
  const { anchors, dynamicAnchors, dialect } = target.resource;
  const add = (name: JsonValue | undefined, to: Map<string, SchemaTarget>) => {
    if (typeof name === 'string' && name !== '' && !to.has(name)) to.set(name, target);
  };
  if (!dialect.ignored.has('$anchor')) add(source.$anchor, anchors);
  if (!dialect.ignored.has('$dynamicAnchor')) {
    add(source.$dynamicAnchor, anchors);
    add(source.$dynamicAnchor, dynamicAnchors);
  }
  const id = source[dialect.idKeyword];
  if (typeof id === 'string' && id.includes('#')) add(splitFragment(id)[1], anchors);
  const recursive = source.$recursiveAnchor === true && !dialect.ignored.has('$recursiveAnchor');
  if (recursive && source === target.resource.source) dynamicAnchors.set('', target);
}
