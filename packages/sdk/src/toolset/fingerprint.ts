import { sha256Hex } from '../hash/index.js';
import { canonicalJson } from '../json/index.js';
import type { Tool, Toolset } from './tool.js';

/**
 * SHA-256 (hex) of what a model sees of the tools: names, descriptions and parameters, in order. How the file is
 * written (the order of properties, white space, OpenAI's wrapping) does not matter.
 */
export function fingerprintToolset(toolset: Pick<Toolset, 'tools'>): string {
  return fingerprintTools(toolset.tools);
}

export function fingerprintTools(tools: readonly Tool[]): string {
  return sha256Hex(
    canonicalJson(tools.map(({ name, description, parameters }) => ({ name, description, parameters }))),
  );
}
