import type { Tool } from '@tooltune/sdk';
import { compileSchema } from '../constraint/index.js';

/** Tells of a tool, by its name, whether its schema has something that decoding cannot enforce: only the check of the whole call sees it. */
export function deferredTools(tools: readonly Tool[]): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    let isDeferred = known.get(name);
    if (isDeferred === undefined) {
      const tool = tools.find((candidate) => candidate.name === name)!;
      isDeferred = compileSchema(tool.parameters, { undeclaredProperties: 'closed' }).deferred().length > 0;
      known.set(name, isDeferred);
    }
    return isDeferred;
  };
}
