/** Any JSON value. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** A JSON object. */
export type JsonObject = { [key: string]: JsonValue };

/** A JSON Schema (draft 7 or 2020-12), kept as it was written. */
export type JsonSchema = boolean | { [keyword: string]: JsonValue };

/** One tool that a model may call. */
export interface Tool {
  name: string;
  description?: string;
  /** JSON Schema of the arguments: always of an object. */
  parameters: { [keyword: string]: JsonValue };
}

/** A checked set of tools with unique names. */
export interface Toolset {
  tools: readonly Tool[];
  /** SHA-256 (hex) of the canonical form: equal for toolsets that mean the same to a model. */
  fingerprint: string;
}

/** A call of one tool. */
export interface ToolCall {
  /** Set where the conversation refers to it (`tool_call_id`). */
  id?: string;
  name: string;
  arguments: JsonObject;
}
