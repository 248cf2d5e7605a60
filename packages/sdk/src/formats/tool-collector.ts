import { formatLocation, type SourceLocation } from '../errors/index.js';
import { canonicalJson } from '../json/index.js';
import { escapePointer, type Problem } from '../schemas/index.js';
import type { JsonValue, Tool } from '../toolset/index.js';

/** Keywords that tell and do not decide which arguments are valid. */
const annotations = new Set(['description', 'title', 'examples', 'default', '$comment']);

/**
 * The tools of many rows as one toolset. What differs only in words is one tool, of the first row's words; two tools of
 * one name that take other arguments are a conflict.
 */
export class ToolCollector {
  readonly #tools = new Map<string, { tool: Tool; location: SourceLocation; meaning: string }>();
  readonly #seen = new Set<string>();
  /** Tools that rows describe in several ways; the first is kept. */
  readonly reworded = new Map<string, Problem>();

  /** Takes a row's tools, or gives what conflicts with those of earlier rows. */
  add(tools: readonly Tool[], location: SourceLocation): string[] {
    const key = canonicalJson(tools);
    if (this.#seen.has(key)) return [];
    const conflicts = tools.flatMap((tool) => this.#conflict(tool) ?? []);
    if (conflicts.length > 0) return conflicts;
    this.#seen.add(key);
    for (const tool of tools) {
      const earlier = this.#tools.get(tool.name);
      if (earlier === undefined) this.#tools.set(tool.name, { tool, location, meaning: meaningOf(tool) });
      else if (canonicalJson(tool) !== canonicalJson(earlier.tool) && !this.reworded.has(tool.name)) {
        const message = `"${tool.name}" is described in other words than in ${formatLocation(earlier.location)}, which are kept`;
        this.reworded.set(tool.name, { location, message });
      }
    }
    return [];
  }

  get tools(): Tool[] {
    return [...this.#tools.values()].map(({ tool }) => tool);
  }

  #conflict(tool: Tool): string | undefined {
    const earlier = this.#tools.get(tool.name);
    if (earlier === undefined || meaningOf(tool) === earlier.meaning) return undefined;
    const place = firstDifference(bare(tool.parameters), bare(earlier.tool.parameters), '/parameters');
    return `the tool "${tool.name}" takes other arguments than in ${formatLocation(earlier.location)} (they differ at ${place}); rename one of them, or give the right one with a toolset of your own`;
  }
}

function meaningOf(tool: Tool): string {
  return canonicalJson(bare(tool.parameters));
}

/** A schema without annotations; names of properties are none. */
function bare(schema: JsonValue, inProperties = false): JsonValue {
  if (Array.isArray(schema)) return schema.map((item) => bare(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema)
    .filter(([keyword]) => inProperties || !annotations.has(keyword))
    .map(([keyword, value]): [string, JsonValue] => {
      if (!inProperties && ['enum', 'const', 'required'].includes(keyword)) return [keyword, value];
      return [
        keyword,
        bare(value, !inProperties && /^(properties|\$defs|definitions|patternProperties)$/.test(keyword)),
      ];
    });
  return Object.fromEntries(entries);
}

function firstDifference(one: JsonValue, other: JsonValue, pointer: string): string {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return pointer;
  const a = one as Record<string, JsonValue>;
  const b = other as Record<string, JsonValue>;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inside = `${pointer}/${escapePointer(key)}`;
    if (a[key] === undefined || b[key] === undefined) return inside;
    if (canonicalJson(a[key]) !== canonicalJson(b[key])) return firstDifference(a[key], b[key], inside);
  }
  return pointer;
}
