import type { JsonObject } from '@tooltune/sdk';

/** What one request took and gave. */
export interface Answered {
  /** From the request to the first argument, its value whole; null where none came. Milliseconds. */
  firstArgumentMs: number | null;
  /** From the request until the call was whole, or nothing more came. Milliseconds. */
  totalMs: number;
  /** Tokens of the prompt that the model read anew. */
  promptTokens: number;
  /** Tokens that the model was asked for, one at a time. */
  askedTokens: number;
  /** The first call, as it was written; null where there was none that can be read. */
  call: { name: string; arguments: JsonObject } | null;
}

/** One way to have a request answered by a call. */
export interface Participant {
  name: string;
  answer(request: string): Promise<Answered>;
  dispose(): Promise<void>;
}

/** The call that a text is; null for another text. */
export function readCall(text: string): Answered['call'] {
  try {
    const { name, arguments: values } = JSON.parse(text);
    return typeof name === 'string' && typeof values === 'object' && values !== null
      ? { name, arguments: values }
      : null;
  } catch {
    return null;
  }
}

/** Whether the text of a JSON object holds its first member whole. */
function holdsFirstArgument(text: string): boolean {
  const member = /^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*/.exec(text);
  if (member === null) return false;
  const value = text.slice(member[0].length);
  if (value.startsWith('"')) return /^"(?:[^"\\]|\\.)*"/.test(value);
  if (!/^[[{]/.test(value)) return /^[^,}\s]+\s*[,}]/.test(value);
  let depth = 0;
  for (const [piece] of value.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (piece === '[' || piece === '{') depth++;
    else if (piece === ']' || piece === '}') depth--;
    if (depth === 0) return true;
  }
  return false;
}

/** Keeps the time at which the arguments' text held its first member. */
export class FirstArgument {
  ms: number | null = null;
  private text = '';
  private readonly started = performance.now();

  /** Takes a further piece of the arguments' text. */
  push(piece: string): void {
    if (this.ms !== null) return;
    this.text += piece;
    if (holdsFirstArgument(this.text)) this.ms = performance.now() - this.started;
  }

  elapsed(): number {
    return performance.now() - this.started;
  }
}
