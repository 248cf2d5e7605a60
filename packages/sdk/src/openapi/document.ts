import type { JsonObject, JsonValue } from '../toolset/index.js';

/** A reference that leads nowhere, or out of the document. */
export class UnresolvedReference extends Error {}

/** What a JSON value is where it is an object; undefined for anything else. */
export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

/** The same for a list. */
export function asList(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** What a local reference (`#/components/…`) names. @throws UnresolvedReference */
export function lookUp(document: JsonObject, reference: string): JsonValue {
  if (!reference.startsWith('#/')) {
    throw new UnresolvedReference(`"${reference}" leads out of the document; bundle it into one file first`);
  }
  const found = reference
    .slice(2)
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<JsonValue | undefined>((at, key) => (Array.isArray(at) ? at[Number(key)] : asObject(at)?.[key]), document);
  if (found === undefined) throw new UnresolvedReference(`"${reference}" names nothing in the document`);
  return found;
}

/** The object itself, or the one that it refers to (parameters, request bodies, path items). @throws UnresolvedReference */
export function dereference(document: JsonObject, value: JsonValue | undefined): JsonObject | undefined {
  let object = asObject(value);
  for (let hops = 0; typeof object?.$ref === 'string'; hops++) {
    if (hops > 20) throw new UnresolvedReference(`"${object.$ref}" leads back to itself`);
    object = asObject(lookUp(document, object.$ref));
  }
  return object;
}
