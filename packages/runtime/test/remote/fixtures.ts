import { readFileSync } from 'node:fs';
import type { RemoteServerKind } from '../../src/remote/index.js';
import type { Reply, SeenRequest } from './replay-server.js';

const folder = new URL('../../src/remote/__fixtures__/', import.meta.url);

/** Kinds that fixtures are there of. */
export const kinds = ['llama-server', 'vllm', 'sglang', 'openai'] as const;

/** A stream as the server sends it. */
export function fixture(kind: RemoteServerKind, name: 'call' | 'two-calls' | 'text'): string {
  return readFileSync(new URL(`${kind === 'vllm-guided' ? 'vllm' : kind}-${name}.txt`, folder), 'utf8');
}

/** A body in events of one piece each. */
export function eventsOf(body: string): string[] {
  return body.split(/(?<=\n\n)/);
}

/** Answers as the server would: words where the constraint, or the tool choice, leaves no call. */
export function replay(kind: RemoteServerKind, { path, body }: SeenRequest): Reply {
  if (path === '/lora-adapters') {
    return { headers: { 'content-type': 'application/json' }, pieces: ['[{"id":0,"path":"home.gguf","scale":1}]'] };
  }
  const grammar: unknown = body.grammar ?? body.ebnf ?? body.structured_outputs?.grammar ?? body.guided_grammar;
  const mayCall =
    kind === 'openai' ? body.tool_choice !== 'none' : !(typeof grammar === 'string') || grammar.includes('call ::=');
  return { pieces: eventsOf(fixture(kind, mayCall ? 'call' : 'text')), pauseMs: 1 };
}
