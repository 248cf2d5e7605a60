import { escapePointer } from '../schemas/index.js';
import type { JsonSchema, Tool, Toolset } from '../toolset/index.js';
import { contentWords, similarity, wordsOfIdentifier } from './word-similarity.js';

/** What is looked for; names are stable. */
export const lintRules = {
  'tool-description-missing': 'warning',
  'tool-description-short': 'note',
  'tool-descriptions-overlap': 'warning',
  'tool-names-similar': 'warning',
  'argument-description-missing': 'note',
  'argument-names-similar': 'warning',
  'argument-meaning-repeated': 'note',
  'object-unbounded': 'warning',
  'string-is-choice': 'warning',
  'string-without-format': 'note',
  'required-contradicted': 'warning',
  'enum-opaque': 'note',
  'optional-many': 'note',
  'nesting-deep': 'note',
  'toolset-large': 'note',
} as const satisfies Record<string, LintSeverity>;

export type LintRule = keyof typeof lintRules;

/** `warning`: it costs right calls. `note`: it may. */
export type LintSeverity = 'warning' | 'note';

/** Something in a toolset that hurts a model. */
export interface LintFinding {
  rule: LintRule;
  severity: LintSeverity;
  /** Name of the tool; of the whole toolset where it is left out. */
  tool?: string;
  /** JSON pointer inside the tool: `/parameters/properties/city`. */
  pointer: string;
  message: string;
}

export interface LintOptions {
  /** Rules that are left out. */
  disabled?: readonly LintRule[] | undefined;
}

/** Share of words that two descriptions have in common from which they are told to overlap (Jaccard index). */
const overlap = 0.6;
/** The same for names of tools. */
const nameOverlap = 0.75;
const manyOptional = 12;
const deep = 4;
/** Characters of JSON a token of English prompts stands for, roughly. */
const charactersPerToken = 4;
const manyTokens = 2000;

/**
 * Warns of what makes a model call wrong tools or write wrong arguments. Nothing here is invalid: a toolset with findings
 * can be trained and served.
 */
export function lintToolset(toolset: Pick<Toolset, 'tools'>, options: LintOptions = {}): LintFinding[] {
  const { disabled = [] } = options;
  const findings: LintFinding[] = [];
  const report: Report = (rule, tool, pointer, message) => {
    if (disabled.includes(rule)) return;
    findings.push({ rule, severity: lintRules[rule], ...(tool === undefined ? {} : { tool }), pointer, message });
  };
  const { tools } = toolset;
  for (const [index, tool] of tools.entries()) {
    lintDescription(tool, report);
    lintAgainst(tool, tools.slice(0, index), report);
    lintArguments(tool, report);
  }
  lintMeanings(tools, report);
  const tokens = Math.round(JSON.stringify(tools).length / charactersPerToken);
  if (tokens > manyTokens) {
    const message = `these ${tools.length} tools take about ${tokens.toLocaleString('en-US')} tokens where they stand in the prompt; train with them left out (--prompt none, the default), or divide them`;
    report('toolset-large', undefined, '', message);
  }
  return findings;
}

type Report = (rule: LintRule, tool: string | undefined, pointer: string, message: string) => void;

function lintDescription({ name, description = '' }: Tool, report: Report): void {
  const words = description.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) {
    report(
      'tool-description-missing',
      name,
      '',
      'has no description; say in a sentence what it does, and when to call it',
    );
  } else if (words.length < 3) {
    report(
      'tool-description-short',
      name,
      '/description',
      `"${description}" says little; say what it does, and when to call it`,
    );
  }
}

/** Compares a tool with those before it. */
function lintAgainst(tool: Tool, others: readonly Tool[], report: Report): void {
  const words = contentWords(tool.description ?? '');
  for (const other of others) {
    if (similarity(wordsOfIdentifier(tool.name), wordsOfIdentifier(other.name)) >= nameOverlap) {
      report(
        'tool-names-similar',
        tool.name,
        '/name',
        `is named much like "${other.name}"; use words that tell them apart, or make them one tool`,
      );
    }
    const otherWords = contentWords(other.description ?? '');
    if (words.size >= 2 && otherWords.size >= 2 && similarity(words, otherWords) >= overlap) {
      report(
        'tool-descriptions-overlap',
        tool.name,
        '/description',
        `says nearly what "${other.name}" says; say when this one is called and the other is not`,
      );
    }
  }
}

function lintArguments(tool: Tool, report: Report): void {
  const names: { path: string; name: string }[] = [];
  walk(tool.parameters, '/parameters', 0);
  const seen = new Set<string>();
  for (const { path, name } of names) {
    const key = [...wordsOfIdentifier(name)].sort().join(' ');
    const same = names.find(
      (other) =>
        other.path !== path &&
        parentOf(other.path) === parentOf(path) &&
        key === [...wordsOfIdentifier(other.name)].sort().join(' '),
    );
    if (same === undefined || seen.has(`${parentOf(path)}/${key}`)) continue;
    seen.add(`${parentOf(path)}/${key}`);
    report('argument-names-similar', tool.name, path, `is named much like "${same.name}"; a model will mix them up`);
  }

  function walk(schema: JsonSchema, path: string, depth: number): void {
    if (typeof schema !== 'object') return;
    if (depth === deep + 1) {
      report(
        'nesting-deep',
        tool.name,
        path,
        `lies ${depth} objects deep; small models lose the thread, so flatten what you can`,
      );
    }
    const properties = schema.properties as Record<string, JsonSchema> | undefined;
    if (
      schema.type === 'object' &&
      properties === undefined &&
      schema.additionalProperties !== false &&
      !('$ref' in schema)
    ) {
      report('object-unbounded', tool.name, path, 'is an object of anything; name its properties, or take a string');
    }
    const required = new Set((schema.required as string[] | undefined) ?? []);
    const entries = Object.entries(properties ?? {});
    if (entries.length - required.size > manyOptional) {
      report(
        'optional-many',
        tool.name,
        path,
        `has ${entries.length - required.size} optional properties; each is one more to leave out rightly, so divide the tool if they do not belong together`,
      );
    }
    for (const [name, property] of entries) {
      const place = `${path}/properties/${escapePointer(name)}`;
      names.push({ path: place, name });
      if (typeof property === 'object') lintProperty(tool, name, property, required.has(name), place, report);
      walk(property, place, depth + 1);
    }
    if (typeof schema.items === 'object' && !Array.isArray(schema.items))
      walk(schema.items as JsonSchema, `${path}/items`, depth);
  }
}

const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/'));

type ObjectSchema = Exclude<JsonSchema, boolean>;

function lintProperty(
  tool: Tool,
  name: string,
  schema: ObjectSchema,
  isRequired: boolean,
  place: string,
  report: Report,
): void {
  const description = typeof schema.description === 'string' ? schema.description : '';
  if (description === '' && schema.const === undefined) {
    const known = Array.isArray(schema.enum) || schema.format !== undefined;
    if (!known)
      report(
        'argument-description-missing',
        tool.name,
        place,
        'has no description; say what it holds, and how it is written',
      );
  }
  if (isRequired && /\boptional\b/i.test(description)) {
    report(
      'required-contradicted',
      tool.name,
      place,
      'is required, but its description says "optional"; take it out of "required", or change the description',
    );
  } else if (
    !isRequired &&
    /\b(is required|required\.|mandatory|must be (given|set|provided))/i.test(description) &&
    !/\bnot required\b|\brequired (if|when|for)\b/i.test(description)
  ) {
    report(
      'required-contradicted',
      tool.name,
      place,
      'is said to be required, but "required" does not name it; name it there',
    );
  }
  if (Array.isArray(schema.enum)) {
    const opaque = schema.enum.filter(
      (value) => typeof value === 'number' || (typeof value === 'string' && /^([A-Z]?\d+|[A-Za-z])$/.test(value)),
    );
    if (opaque.length > 1 && !opaque.some((value) => new RegExp(`\\b${value}\\b`).test(description))) {
      report(
        'enum-opaque',
        tool.name,
        place,
        `has codes for values (${opaque.slice(0, 3).join(', ')}); say in the description what each means, or name them in words`,
      );
    }
    return;
  }
  if (schema.type !== 'string' || schema.const !== undefined) return;
  const isFree = schema.format === undefined && schema.pattern === undefined;
  const choices =
    /\b(?:one of|either|allowed values|possible values|valid values)\b[^.]*?["'`]?\w+["'`]?\s*(?:,|\/|\||\bor\b)/i;
  if (isFree && choices.test(description)) {
    report(
      'string-is-choice',
      tool.name,
      place,
      'takes some values only, as its description says; write them as "enum", which decoding can hold the model to',
    );
  }
  const words = [...wordsOfIdentifier(name)].join(' ');
  const kind = /\b(date|email|url|uri|uuid|datetime|timestamp)\b/.exec(words)?.[1];
  if (isFree && kind !== undefined && !/\bas said\b|\bin words\b/i.test(description)) {
    report(
      'string-without-format',
      tool.name,
      place,
      `may be written in any way; give a "format" (${formatOf(kind)}) or a "pattern", or say "as said" in its description`,
    );
  }
}

function formatOf(kind: string): string {
  return { url: 'uri', datetime: 'date-time', timestamp: 'date-time' }[kind] ?? kind;
}

/** Arguments of the same description and other names, across tools. */
function lintMeanings(tools: readonly Tool[], report: Report): void {
  const first = new Map<string, { tool: string; name: string }>();
  for (const tool of tools) {
    for (const [name, schema] of Object.entries((tool.parameters.properties ?? {}) as Record<string, JsonSchema>)) {
      const description =
        typeof schema === 'object' && typeof schema.description === 'string'
          ? schema.description.trim().toLowerCase()
          : '';
      if (contentWords(description).size < 2) continue;
      const earlier = first.get(description);
      if (earlier === undefined) first.set(description, { tool: tool.name, name });
      else if (earlier.name !== name && earlier.tool !== tool.name) {
        const place = `/parameters/properties/${escapePointer(name)}`;
        report(
          'argument-meaning-repeated',
          tool.name,
          place,
          `is described as "${earlier.name}" of "${earlier.tool}" is; one name for one thing is learnt faster`,
        );
      }
    }
  }
}
