import type { JsonObject, JsonValue, Tool, ToolAdapterManifest } from '@tooltune/sdk';

/** Tool name, then argument name, then how the argument is copied from the request. */
export type Grounding = ToolAdapterManifest['grounding'];

/**
 * Copies of the tools whose grounded arguments say so to the constraint engine (`x-grounded`). The tools themselves, and
 * so their fingerprint, stay as they are. What a schema says by itself is kept.
 */
export function groundTools(tools: readonly Tool[], grounding: Grounding): Tool[] {
  return tools.map((tool) => {
    const modes = Object.hasOwn(grounding, tool.name) ? grounding[tool.name] : undefined;
    const { properties } = tool.parameters;
    if (modes === undefined || !isObject(properties)) return tool;
    const grounded = Object.entries(properties).map(([name, schema]): [string, JsonValue] => {
      const mode = Object.hasOwn(modes, name) ? modes[name] : undefined;
      return [name, mode !== undefined && isObject(schema) ? { 'x-grounded': mode, ...schema } : schema];
    });
    return { ...tool, parameters: { ...tool.parameters, properties: Object.fromEntries(grounded) } };
  });
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
