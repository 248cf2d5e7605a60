import { formatLocation, type SourceLocation, TooltuneError } from '../errors/index.js';

/** One thing that is wrong, and where. */
export interface Problem {
  location: SourceLocation;
  message: string;
}

/** A document that does not follow its format. Code: `schema/invalid`, or that of the family. */
export class SchemaError extends TooltuneError {
  /** Everything that is wrong; the message tells the first ten. Never empty. */
  readonly problems: readonly Problem[];

  constructor(what: string, problems: readonly Problem[], options: { code?: string; cause?: unknown } = {}) {
    const { code = 'schema/invalid', cause } = options;
    const [first, ...others] = problems;
    if (first === undefined || others.length > 0) super(code, `${what}\n${listProblems(problems)}`, { cause });
    else super(code, `${what} ${first.message}`, { cause, location: first.location });
    this.problems = problems;
  }
}

/** Problems as an indented list, one a line, `shown` at most. */
export function listProblems(problems: readonly Problem[], shown = 10): string {
  const lines = problems.slice(0, shown).map(({ location, message }) => `  ${formatLocation(location)}: ${message}`);
  if (problems.length > shown) lines.push(`  … and ${problems.length - shown} more`);
  return lines.join('\n');
}
