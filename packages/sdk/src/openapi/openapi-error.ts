import { type Problem, SchemaError } from '../schemas/index.js';

/** An OpenAPI description that cannot be used. Codes: `openapi/invalid`, `openapi/no-operation`. */
export class OpenApiError extends SchemaError {
  constructor(problems: readonly Problem[], options: { code?: string; cause?: unknown } = {}) {
    super('This OpenAPI description cannot be used:', problems, { code: 'openapi/invalid', ...options });
  }
}
