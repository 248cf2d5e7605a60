import { type Problem, SchemaError } from '../schemas/index.js';

/** A call that cannot be carried out. Codes: `tool-call/unknown-tool`, `tool-call/invalid-arguments`. */
export class ToolCallError extends SchemaError {
  constructor(code: 'tool-call/unknown-tool' | 'tool-call/invalid-arguments', problems: readonly Problem[]) {
    super('This call cannot be carried out:', problems, { code });
  }
}
