import type { Random } from '../../random/index.js';
import type { JsonObject, Tool, ToolCall } from '../../toolset/index.js';
import { choose } from '../choose.js';

/** Tools under invented names, and what calls of the real ones become. */
export interface MaskedTools {
  tools: Tool[];
  maskCall(call: ToolCall): ToolCall;
}

/**
 * Gives tools and their arguments invented names (function masking: Lin et al., Hammer, 2024). Descriptions, and names
 * inside of arguments, stay, so the schema still says what each is for. Arguments of a schema whose other keywords speak
 * of them by name (dependentRequired, if, oneOf and the like) keep theirs.
 */
export function maskTools(tools: readonly Tool[], random: Random): MaskedTools {
  const taken = new Set(tools.map(({ name }) => name));
  const masks = new Map<string, { tool: Tool; argumentNames: ReadonlyMap<string, string> }>();
  for (const tool of tools) {
    const properties = (tool.parameters.properties ?? {}) as JsonObject;
    const own = new Set(Object.keys(properties));
    const argumentNames = new Map(
      canRename(tool) ? Object.keys(properties).map((name) => [name, inventName(random, own)]) : [],
    );
    const renamed = (name: string) => argumentNames.get(name) ?? name;
    const { required } = tool.parameters;
    const parameters = {
      ...tool.parameters,
      ...(tool.parameters.properties === undefined ? {} : { properties: renameKeys(properties, renamed) }),
      ...(Array.isArray(required) ? { required: required.map((name) => renamed(name as string)) } : {}),
    };
    masks.set(tool.name, { tool: { ...tool, name: inventName(random, taken), parameters }, argumentNames });
  }
  return {
    tools: [...masks.values()].map(({ tool }) => tool),
    maskCall(call) {
      const mask = masks.get(call.name);
      if (mask === undefined) return call;
      const renamed = (name: string) => mask.argumentNames.get(name) ?? name;
      return { ...call, name: mask.tool.name, arguments: renameKeys(call.arguments, renamed) };
    },
  };
}

/** Keywords of an object's schema that stay true whatever its properties are called, `properties` and `required` renamed. */
const plainKeywords = new Set([
  ...['type', 'title', 'description', 'properties', 'required', 'additionalProperties', 'unevaluatedProperties'],
  ...['$defs', 'definitions', '$schema', '$id', '$comment', 'minProperties', 'maxProperties'],
]);

function canRename({ parameters }: Tool): boolean {
  return (
    Object.keys(parameters).every((keyword) => plainKeywords.has(keyword)) &&
    !JSON.stringify(parameters).includes('"#/properties/')
  );
}

const renameKeys = (object: JsonObject, renamed: (name: string) => string): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [renamed(name), value]));

const consonants = [...'bdfgklmnprstvz'];
const vowels = [...'aeiou'];

/** A name that can be spoken and means nothing, unlike any that is taken: `zoruni`, `teka_mufi`. */
function inventName(random: Random, taken: Set<string>): string {
  for (;;) {
    const syllables = Array.from(
      { length: random.integer(2, 4) },
      () => `${choose(random, consonants)}${choose(random, vowels)}`,
    );
    const name = `${syllables.slice(0, 2).join('')}${syllables.length > 3 ? '_' : ''}${syllables.slice(2).join('')}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
