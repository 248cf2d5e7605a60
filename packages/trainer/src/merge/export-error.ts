import { type SourceLocation, TooltuneError } from '@tooltune/sdk';

/**
 * A model that cannot be exported. Codes: `export/exists` (the output is there already), `export/other-base` (the adapter
 * belongs to another model), `export/bad-format`, `export/missing` (the base holds too little to write the form asked
 * for; the message lists it), `export/not-representable` (a value that the format cannot hold).
 */
export class ExportError extends TooltuneError {
  constructor(
    code: 'export/exists' | 'export/other-base' | 'export/bad-format' | 'export/missing' | 'export/not-representable',
    message: string,
    options: { location?: SourceLocation; cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
