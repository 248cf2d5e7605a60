import type { JsonObject, JsonValue } from '../toolset/index.js';
import { isObject } from './dataset-format.js';
import type { RowReader } from './row-reader.js';

/** A row that parseDataset reads as it is. */
export const readOpenAi: RowReader = (row) => {
  const inInput = isObject(row.input) && 'tools' in row.input;
  const tools = inInput ? (row.input as JsonObject).tools : row.tools;
  return {
    row: row as JsonObject,
    pointerOf: (pointer) => pointer,
    tools: tools === null ? undefined : (tools as JsonValue | undefined),
    toolsAreText: false,
    toolsPointer: inInput ? '/input/tools' : '/tools',
  };
};
