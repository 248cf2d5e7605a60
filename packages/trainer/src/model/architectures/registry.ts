import type { Architecture } from './architecture.js';
import { gemma3 } from './gemma3.js';
import { llama } from './llama.js';
import { qwen2 } from './qwen2.js';
import { qwen3 } from './qwen3.js';

const architectures: ReadonlyMap<string, Architecture> = new Map(
  [llama, qwen2, qwen3, gemma3].map((architecture) => [architecture.name, architecture]),
);

/** Names of all architectures that the trainer knows. */
export const architectureNames: readonly string[] = [...architectures.keys()];

/** The architecture of a name (`general.architecture`), or undefined if the trainer does not know it. */
export function findArchitecture(name: string): Architecture | undefined {
  return architectures.get(name);
}
