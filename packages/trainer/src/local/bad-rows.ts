import { formatLocation, type SourceLocation, TooltuneError } from '@tooltune/sdk';

/** A row that cannot be trained on, and why. */
export interface BadRow {
  location: SourceLocation;
  message: string;
}

/** Throws `training/bad-rows` with the first of the problems, if there is any. */
export function refuseBadRows(problems: readonly BadRow[], rows: number): void {
  if (problems.length === 0) return;
  const lines = problems.slice(0, 10).map(({ location, message }) => `${formatLocation(location)}: ${message}`);
  const rest = problems.length > 10 ? `\n  and ${problems.length - 10} more` : '';
  throw new TooltuneError(
    'training/bad-rows',
    `${problems.length} of ${rows} rows cannot be trained on:\n  ${lines.join('\n  ')}${rest}`,
  );
}
