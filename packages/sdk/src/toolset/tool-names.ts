import { sha256Hex } from '../hash/index.js';

const longest = 64;

/** Names that tools may have, each given once: the wish with what is not allowed replaced, a number where it is taken. */
export class ToolNames {
  readonly #taken = new Set<string>();

  give(wish: string): string {
    const base = shorten(wish.replaceAll(/[^A-Za-z0-9_.-]+/g, '_').replaceAll(/^_+|_+$/g, '') || 'tool');
    let name = base;
    for (let count = 2; this.#taken.has(name); count++)
      name = `${base.slice(0, longest - 1 - String(count).length)}_${count}`;
    this.#taken.add(name);
    return name;
  }
}

/** What is too long keeps its beginning and a piece of its hash, so that two such names stay different. */
function shorten(name: string): string {
  return name.length <= longest ? name : `${name.slice(0, longest - 9)}_${sha256Hex(name).slice(0, 8)}`;
}
