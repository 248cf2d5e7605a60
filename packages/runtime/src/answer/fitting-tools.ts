import type { JsonValue, Tool } from '@tooltune/sdk';
import { RuntimeError } from '../runtime-error.js';

/**
 * An adapter calls the tools that it was trained for, by the arguments it knows: each tool asked for must be one of these,
 * with no argument that is new to it. Schemas may be narrower or wider; decoding holds to those that are asked for.
 * @throws RuntimeError `runtime/other-tools` with what differs
 */
export function checkToolsFit(tools: readonly Tool[], known: readonly Tool[], adapter: string): void {
  const problems = tools.flatMap((tool) => {
    const trained = known.find(({ name }) => name === tool.name);
    if (trained === undefined) return [`it does not know the tool "${tool.name}"`];
    const names = argumentNames(trained);
    const unknown = argumentNames(tool).filter((name) => !names.includes(name));
    return unknown.length === 0 ? [] : [`its tool "${tool.name}" has no ${unknown.join(', ')}`];
  });
  if (problems.length === 0) return;
  const message =
    `the tools of this request are not those of the adapter ${adapter}: ${problems.join('; ')}. ` +
    `It was trained for ${known.map(({ name }) => name).join(', ')}; train one for these tools, or ask the bare base`;
  throw new RuntimeError('runtime/other-tools', message);
}

function argumentNames({ parameters }: Tool): string[] {
  const properties: JsonValue | undefined = parameters.properties;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}
