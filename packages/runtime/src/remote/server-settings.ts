import type { JsonObject, Tokenizer, Toolset } from '@tooltune/sdk';
import type { ToolChoice } from '../constraint/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { RemoteClient } from './remote-client.js';
import { toolCallSchema, toolGrammarText } from './server-constraint.js';

/**
 * What a server is told of the constraint. `grammar`: all of it that GBNF can say; `json-schema`: the JSON of one call, the
 * opening tag standing at the end of the prompt, so a call must be required; `none`: nothing.
 */
export type ServerConstraint = 'grammar' | 'json-schema' | 'none';

/** An adapter as the server knows it. */
export interface ServerAdapter {
  /** vLLM, SGLang: its name. llama-server: its path, or the end of it, as `/lora-adapters` tells it, or its number. */
  name: string | number;
  /** vLLM, SGLang: folder on the server's machine, from which it is loaded first and with `dispose` unloaded. */
  path?: string | undefined;
  /** llama-server: default 1. */
  scale?: number | undefined;
}

/** What all kinds of servers are made with. */
export interface ServerSettings {
  client: RemoteClient;
  toolset: Toolset;
  /** None for servers that are sent messages. */
  tokenizer: Tokenizer | undefined;
  model: string | undefined;
  adapter: ServerAdapter | undefined;
  constraint: ServerConstraint;
  parallelCalls: boolean;
  /** Members of the request's body besides ours, or in their place; null takes one out. */
  body: JsonObject | undefined;
}

/** Constraints in the words of servers, each made once. */
export class ServerConstraints {
  readonly #settings: Pick<ServerSettings, 'toolset' | 'constraint' | 'parallelCalls'>;
  readonly #made = new Map<string, { grammar: string } | { schema: JsonObject }>();

  constructor(settings: Pick<ServerSettings, 'toolset' | 'constraint' | 'parallelCalls'>) {
    this.#settings = settings;
  }

  /** @throws RuntimeError for a tool choice that a JSON Schema cannot say */
  get(toolChoice: ToolChoice, constrained: boolean): { grammar: string } | { schema: JsonObject } | undefined {
    const { constraint, parallelCalls, toolset } = this.#settings;
    if (!constrained || constraint === 'none') return undefined;
    if (constraint === 'json-schema' && (toolChoice === 'auto' || toolChoice === 'none')) {
      const message = `constraint "json-schema" cannot say that words may come (tool choice ${toolChoice}); use "grammar"`;
      throw new RuntimeError('runtime/bad-options', message);
    }
    const key = JSON.stringify(toolChoice);
    let made = this.#made.get(key);
    if (made === undefined) {
      const options = { tools: toolset.tools, toolChoice, parallelCalls };
      made = constraint === 'grammar' ? { grammar: toolGrammarText(options) } : { schema: toolCallSchema(options) };
      this.#made.set(key, made);
    }
    return made;
  }
}

/** A request's body with the user's own members. */
export function withBody(body: JsonObject, own: JsonObject | undefined): JsonObject {
  return Object.fromEntries(Object.entries({ ...body, ...own }).filter(([, value]) => value !== null));
}
