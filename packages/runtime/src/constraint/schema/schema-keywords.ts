/** Keywords that say something about a value, and are enforced while decoding. */
export const ENFORCED_KEYWORDS: ReadonlySet<string> = new Set([
  'type',
  'enum',
  'const',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'anyOf',
  'x-grounded',
]);

const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

/** True for keywords that say nothing about which values are valid. */
export function isAnnotation(keyword: string): boolean {
  return ANNOTATIONS.has(keyword) || (keyword.startsWith('x-') && keyword !== 'x-grounded');
}

/** What the engine does about one keyword of a schema. */
export interface KeywordReport {
  /** JSON pointer (RFC 6901) of the keyword. */
  pointer: string;
  keyword: string;
  /**
   * `enforced`: no other value can be decoded. `narrowed`: enforced, and some valid values cannot be decoded either.
   * `annotation`: says nothing about values. `refused`: compiling throws.
   */
  status: 'enforced' | 'narrowed' | 'annotation' | 'refused';
  /** Why it is narrowed or refused. */
  reason?: string;
}
