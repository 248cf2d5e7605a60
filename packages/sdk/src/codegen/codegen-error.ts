import { TooltuneError } from '../errors/index.js';

/**
 * Tools that no code can be generated for. Codes: `codegen/name-taken` (a schema's title or definition has a name that the
 * generated module needs), `codegen/bad-schema` (a reference leads nowhere, for instance).
 */
export class CodegenError extends TooltuneError {
  constructor(code: 'codegen/name-taken' | 'codegen/bad-schema', message: string, options: { cause?: unknown } = {}) {
    super(code, message, options);
  }
}
