import type { JsonValue } from '@tooltune/sdk';

/** Drafts of JSON Schema that are told apart. */
export type Draft = 'draft-04' | 'draft-06' | 'draft-07' | '2019-09' | '2020-12';

/** How the keywords of a resource are read. */
export interface Dialect {
  /** Keywords that say nothing here: the draft does not have them yet, or the vocabulary leaves them out. */
  readonly ignored: ReadonlySet<string>;
  /** Keywords beside `$ref` are ignored (draft 7 and earlier). */
  readonly refAlone: boolean;
  /** Keyword that names a resource. */
  readonly idKeyword: '$id' | 'id';
  /** Formats are asserted whatever the options say. */
  readonly formatAsserted: boolean;
}

const SINCE_DRAFT_06 = ['const', 'contains', 'propertyNames'];
const SINCE_DRAFT_07 = ['if', 'then', 'else'];
const SINCE_2019_09 = [
  '$anchor',
  'dependentRequired',
  'dependentSchemas',
  'maxContains',
  'minContains',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const ONLY_2019_09 = ['$recursiveAnchor', '$recursiveRef'];
const SINCE_2020_12 = ['$dynamicAnchor', '$dynamicRef', 'prefixItems'];

function dialect(ignored: readonly string[], older: Partial<Dialect> = {}): Dialect {
  return { ignored: new Set(ignored), refAlone: false, idKeyword: '$id', formatAsserted: false, ...older };
}

const AFTER_DRAFT_07 = [...SINCE_2019_09, ...ONLY_2019_09, ...SINCE_2020_12];

/** The dialect of each draft. */
export const DIALECTS: Readonly<Record<Draft, Dialect>> = {
  'draft-04': dialect([...SINCE_DRAFT_06, ...SINCE_DRAFT_07, ...AFTER_DRAFT_07], { refAlone: true, idKeyword: 'id' }),
  'draft-06': dialect([...SINCE_DRAFT_07, ...AFTER_DRAFT_07], { refAlone: true }),
  'draft-07': dialect(AFTER_DRAFT_07, { refAlone: true }),
  '2019-09': dialect(SINCE_2020_12),
  '2020-12': dialect(ONLY_2019_09),
};

/** For a schema that does not say what it is: every keyword of every draft. */
export const ANY_DRAFT: Dialect = dialect([]);

const BY_URI: ReadonlyMap<string, Dialect> = new Map([
  ['json-schema.org/draft-04/schema', DIALECTS['draft-04']],
  ['json-schema.org/draft-04/hyper-schema', DIALECTS['draft-04']],
  ['json-schema.org/draft-06/schema', DIALECTS['draft-06']],
  ['json-schema.org/draft-06/hyper-schema', DIALECTS['draft-06']],
  ['json-schema.org/draft-07/schema', DIALECTS['draft-07']],
  ['json-schema.org/draft-07/hyper-schema', DIALECTS['draft-07']],
  ['json-schema.org/draft/2019-09/schema', DIALECTS['2019-09']],
  ['json-schema.org/draft/2019-09/hyper-schema', DIALECTS['2019-09']],
  ['json-schema.org/draft/2020-12/schema', DIALECTS['2020-12']],
  ['json-schema.org/draft/2020-12/hyper-schema', DIALECTS['2020-12']],
  ['json-schema.org/schema', ANY_DRAFT],
]);

/** The dialect that an official `$schema` names: with http or https, and with or without an empty fragment. */
export function officialDialect(schemaUri: string): Dialect | undefined {
  const start = schemaUri.indexOf('://') + 3;
  let end = schemaUri.length;
  while (end > start && (schemaUri[end - 1] === '#' || schemaUri[end - 1] === '/')) end--;
  return BY_URI.get(schemaUri.slice(start, end));
}

const VOCABULARIES: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'applicator',
    [
      'prefixItems',
      'items',
      'additionalItems',
      'contains',
      'properties',
      'patternProperties',
      'additionalProperties',
      'propertyNames',
      'dependentSchemas',
      'if',
      'then',
      'else',
      'allOf',
      'anyOf',
      'oneOf',
      'not',
    ],
  ],
  ['unevaluated', ['unevaluatedItems', 'unevaluatedProperties']],
  [
    'validation',
    [
      'type',
      'enum',
      'const',
      'multipleOf',
      'minimum',
      'maximum',
      'exclusiveMinimum',
      'exclusiveMaximum',
      'minLength',
      'maxLength',
      'pattern',
      'minItems',
      'maxItems',
      'uniqueItems',
      'minContains',
      'maxContains',
      'minProperties',
      'maxProperties',
      'required',
      'dependentRequired',
    ],
  ],
]);

const VOCABULARY = /^https:\/\/json-schema\.org\/draft\/(?:2019-09|2020-12)\/vocab\/([a-z-]+)$/;

/**
 * The dialect that a metaschema of one's own describes by `$vocabulary`.
 * @returns The vocabulary that it requires and that is not known, where there is one.
 */
export function customDialect(metaschema: JsonValue): Dialect | string {
  const { $vocabulary: vocabulary, $schema: base } = metaschema as { [keyword: string]: JsonValue };
  const from = (typeof base === 'string' ? officialDialect(base) : undefined) ?? ANY_DRAFT;
  if (typeof vocabulary !== 'object' || vocabulary === null || Array.isArray(vocabulary)) return from;
  const used = new Set<string>();
  for (const [uri, required] of Object.entries(vocabulary)) {
    const name = VOCABULARY.exec(uri)?.[1];
    if (name === undefined && required !== false) return uri;
    if (name !== undefined) used.add(name);
    // 2019-09 has the unevaluated keywords in its applicator vocabulary.
    if (name === 'applicator' && uri.includes('2019-09')) used.add('unevaluated');
  }
  const ignored = [...from.ignored];
  for (const [name, keywords] of VOCABULARIES) if (!used.has(name)) ignored.push(...keywords);
  return { ...from, ignored: new Set(ignored), formatAsserted: used.has('format-assertion') };
}
