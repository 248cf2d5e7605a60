import { type Problem, SchemaError } from '../schemas/index.js';

/** A toolset that cannot be used. Code: `toolset/invalid`. */
export class ToolsetError extends SchemaError {
  constructor(problems: readonly Problem[], options: { cause?: unknown } = {}) {
    super('This toolset cannot be used:', problems, { code: 'toolset/invalid', ...options });
  }
}
