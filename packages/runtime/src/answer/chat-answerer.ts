import {
  type ChatMessage,
  canonicalJson,
  type JsonSchema,
  type JsonValue,
  type PromptRenderer,
  parseToolset,
  type Tokenizer,
  type Tool,
  userTexts,
} from '@tooltune/sdk';
import type { Grounding, ToolAdapterBundle } from '../adapters/index.js';
import { compileSchema, createVocabulary, type SchemaConstraint, type Vocabulary } from '../constraint/index.js';
import { type ModelEngine, roomBehind } from '../engine/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { ToolStreamEvent } from '../stream/index.js';
import { defaultMaxTokens, type RequestDefaults, ToolAnswerer } from '../tool-runtime/index.js';
import type { ChatRequest } from './chat-model.js';
import { checkToolsFit } from './fitting-tools.js';
import { streamSchemaAnswer } from './schema-answer.js';

/** What a ChatAnswerer answers with, the engine apart. */
export interface ChatAnswererOptions {
  name: string;
  /** Tools of a request that names none. */
  tools: readonly Tool[];
  tokenizer: Tokenizer;
  /** The tokenizer's, where it was made already. */
  vocabulary?: Vocabulary | undefined;
  renderer: PromptRenderer;
  bundle: ToolAdapterBundle | undefined;
  grounding?: Grounding | undefined;
  defaults?: RequestDefaults | undefined;
}

/** Compiled tools and schemas that are kept. */
const maximumKept = 32;

/** Answers requests that bring their own tools or schema. What was compiled for one is kept for the next. */
export class ChatAnswerer {
  readonly #options: ChatAnswererOptions;
  readonly #answerers = new Map<string, ToolAnswerer>();
  readonly #schemas = new Map<string, SchemaConstraint>();
  #vocabulary: Vocabulary | undefined;

  constructor(options: ChatAnswererOptions) {
    this.#options = options;
    this.#vocabulary = options.vocabulary;
  }

  /** See ChatModel.stream. */
  stream(engine: ModelEngine, request: ChatRequest): AsyncGenerator<ToolStreamEvent, void, void> {
    const { schema, tools = this.#options.tools, parallelCalls, ...rest } = request;
    if (schema !== undefined) return this.#streamJson(engine, schema, rest);
    const toolChoice = tools.length === 0 && rest.constrained !== false ? { toolChoice: 'none' as const } : {};
    return this.#toolAnswerer(tools, parallelCalls).stream(engine, { ...rest, ...toolChoice });
  }

  #streamJson(engine: ModelEngine, schema: JsonSchema, request: Omit<ChatRequest, 'schema'>) {
    const { tokenizer, renderer, bundle, defaults = {} } = this.#options;
    const { messages, sampling = defaults.sampling, signal, tokens } = request;
    if (request.constrained === false) {
      throw new RuntimeError('runtime/bad-options', 'an answer by a schema needs constrained: true');
    }
    // An adapter's prompt stays as it was trained; a bare base has to be told what is wanted.
    const asked = bundle === undefined ? withSchema(messages, schema) : messages;
    const promptTokens = renderer.renderPrompt(asked, bundle === undefined ? [] : undefined);
    const room = roomBehind(promptTokens, engine.contextSize);
    return streamSchemaAnswer({
      ...{ engine, tokenizer, promptTokens, sampling, signal, tokens },
      vocabulary: this.#vocabularyOf(),
      constraint: this.#schema(schema),
      groundingTexts: userTexts(messages),
      maxTokens: Math.min(request.maxTokens ?? defaults.maxTokens ?? defaultMaxTokens, room),
    });
  }

  #toolAnswerer(tools: readonly Tool[], parallelCalls = this.#options.defaults?.parallelCalls ?? true): ToolAnswerer {
    const { bundle, name, defaults, tokenizer, renderer } = this.#options;
    const key = canonicalJson([parallelCalls, tools as unknown as JsonValue]);
    return keep(this.#answerers, key, () => {
      if (bundle !== undefined) checkToolsFit(tools, bundle.toolset.tools, name);
      const ownRenderer =
        bundle !== undefined
          ? renderer
          : { ...renderer, renderPrompt: (messages: readonly ChatMessage[]) => renderer.renderPrompt(messages, tools) };
      return new ToolAnswerer({
        ...defaults,
        ...{ parallelCalls, tokenizer, renderer: ownRenderer, vocabulary: this.#vocabularyOf() },
        toolset: tools.length === 0 ? { tools: [], fingerprint: '' } : parseToolset(tools),
        grounding: this.#options.grounding ?? bundle?.manifest.grounding ?? {},
      });
    });
  }

  #schema(schema: JsonSchema): SchemaConstraint {
    return keep(this.#schemas, canonicalJson(schema), () =>
      schema === true
        ? compileSchema({ type: 'object' }, { maximumStringLength: 2000, exponents: false })
        : compileSchema(schema, {
            undeclaredProperties: hasProperties(schema) ? 'closed' : 'open',
            maximumStringLength: 2000,
            exponents: false,
          }),
    );
  }

  #vocabularyOf(): Vocabulary {
    this.#vocabulary ??= createVocabulary(this.#options.tokenizer);
    return this.#vocabulary;
  }
}

/** Whether a schema names properties; one that names none means any. */
function hasProperties(schema: JsonSchema): boolean {
  return JSON.stringify(schema).includes('"properties"');
}

function withSchema(messages: readonly ChatMessage[], schema: JsonSchema): ChatMessage[] {
  const form = schema === true ? 'a JSON object' : `JSON that satisfies this JSON Schema: ${JSON.stringify(schema)}`;
  const instruction = `Answer with ${form}`;
  const system = messages.find(({ role }) => role === 'system');
  if (system === undefined) return [{ role: 'system', content: instruction }, ...messages];
  return messages.map((message) =>
    message === system ? { role: 'system', content: `${message.content}\n\n${instruction}` } : message,
  );
}

/** The value of a key, made where it is missing; the one that was used least recently goes where there are too many. */
function keep<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const value = kept.get(key) ?? make();
  kept.delete(key);
  kept.set(key, value);
  if (kept.size > maximumKept) kept.delete(kept.keys().next().value!);
  return value;
}
