import { type Problem, SchemaError } from '../schemas/index.js';

/** A dataset that cannot be used. Codes: `dataset/invalid`, `dataset/empty`. */
export class DatasetError extends SchemaError {
  constructor(problems: readonly Problem[], options: { code?: string; cause?: unknown } = {}) {
    super('This dataset cannot be used:', problems, { code: 'dataset/invalid', ...options });
  }
}
