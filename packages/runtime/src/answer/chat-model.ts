import type { JsonSchema, Tool } from '@tooltune/sdk';
import type { ToolAdapterBundle } from '../adapters/index.js';
import type { ToolStreamEvent } from '../stream/index.js';
import type { StreamOptions } from '../tool-runtime/index.js';

/** One request to a chat model. */
export interface ChatRequest extends StreamOptions {
  /**
   * The tools of this request. An adapter takes those that it was trained for, or some of them; a bare base any. Default:
   * those that the model was made with.
   */
  tools?: readonly Tool[] | undefined;
  /** Whether the answer may hold several calls. Default true. */
  parallelCalls?: boolean | undefined;
  /**
   * The answer is JSON that satisfies this schema, as text; no tool is called. `true`: any JSON object. An object has no
   * properties but those that the schema names, where it names some. Not with `constrained: false` or `validateCall`.
   */
  schema?: JsonSchema | undefined;
}

/** A model whose tools and form of answer each request may say; what servers and plugs are made of. */
export interface ChatModel {
  /** The adapter's folder or name, or the base model's id. */
  readonly name: string;
  readonly adapter: ToolAdapterBundle | undefined;
  /** The tools of a request that names none. */
  readonly tools: readonly Tool[];
  /**
   * Answers a conversation; the last event is always `finish`.
   * @throws RuntimeError `runtime/other-tools`, `runtime/invalid-answer`; ConstraintError for a schema that cannot be
   * enforced or has no room; EngineError
   */
  stream(request: ChatRequest): AsyncGenerator<ToolStreamEvent, void, void>;
  /** Frees what createChatModel loaded itself; a runtime or a pool that it was given stays. */
  dispose(): Promise<void>;
}
