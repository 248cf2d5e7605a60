import type { JsonObject, JsonValue } from '../toolset/index.js';

/** A row of another format in the chat-completions shape that parseDataset reads. */
export interface ChatShaped {
  row: JsonObject;
  /** Where in the foreign row a JSON pointer of `row` leads. */
  pointerOf(pointer: string): string;
  /** The tools that the row holds, in any shape parseToolset takes; undefined where it holds none. */
  tools: JsonValue | undefined;
  toolsPointer: string;
  /** True where they stand in text, into which no pointer leads. */
  toolsAreText: boolean;
  /** The names of the tools whose results are given, by index of the message; results without one follow the calls. */
  resultNames?: ReadonlyMap<number, string>;
}

/** Brings a row into the chat-completions shape; undefined if anything was reported. */
export type RowReader = (
  row: Record<string, unknown>,
  report: (pointer: string, message: string) => void,
) => ChatShaped | undefined;
