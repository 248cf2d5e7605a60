import { type SourceLocation, TooltuneError } from '@tooltune/sdk';

/**
 * A model that cannot be exported. Codes: `export/exists` (the output is there already), `export/other-base` (the adapter
 * belongs to another model), `export/bad-format`, `export/missing` (the base holds too little to write the form asked
 * for; the message lists it), `export/not-representable` (a value that the format cannot hold),
 * `export/no-manifest` (the adapter is no bundle, and a bundle is asked for).
 */
export class ExportError extends TooltuneError {
  constructor(
    code:
      | 'export/exists'
      | 'export/other-base'
      | 'export/bad-format'
      | 'export/missing'
      | 'export/not-representable'
      | 'export/no-manifest',
    message: string,
    options: { location?: SourceLocation; cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
