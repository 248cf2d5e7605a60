/** Where in a file something is wrong. */
export interface SourceLocation {
  /** Path or name of the file, as the user gave it. */
  file: string;
  /** Line, counted from 1, for line-based files. */
  line?: number;
  /** JSON pointer (RFC 6901) inside the file or the line. */
  pointer?: string;
}

const marker = Symbol.for('tooltune.error');

/**
 * The base of every error that tooltune throws on purpose. `code` is stable and may be switched on;
 * the message names the place and says what to do next.
 */
export class TooltuneError extends Error {
  readonly code: string;
  readonly location: SourceLocation | undefined;

  constructor(code: string, message: string, options: { cause?: unknown; location?: SourceLocation } = {}) {
    const { cause, location } = options;
    super(location === undefined ? message : `${formatLocation(location)}: ${message}`, { cause });
    this.name = new.target.name;
    this.code = code;
    this.location = location;
    Object.defineProperty(this, marker, { value: true });
  }

  /** True for any TooltuneError, also one from a second copy of this package. */
  static isInstance(value: unknown): value is TooltuneError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}

/** `file:line#pointer`, leaving out what is not known. */
export function formatLocation(location: SourceLocation): string {
  const line = location.line === undefined ? '' : `:${location.line}`;
  const pointer = location.pointer === undefined || location.pointer === '' ? '' : `#${location.pointer}`;
  return `${location.file}${line}${pointer}`;
}
