import { type Problem, type RuntimeRecord, SchemaError, validateRecord } from '../schemas/index.js';

/** Records that were read, and lines that are none. */
export interface ParsedRecords {
  records: RuntimeRecord[];
  problems: Problem[];
}

/**
 * Reads recorded traffic, one record a line; empty lines are skipped. A last line that is cut off, as a killed process
 * leaves it, is a problem like any other that is no record: the rest is read.
 * @param file name for problems
 */
export function parseRecords(text: string, { file = 'records.jsonl' }: { file?: string } = {}): ParsedRecords {
  const records: RuntimeRecord[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const location = { file, line: index + 1 };
    try {
      records.push(validateRecord(JSON.parse(line), { file }));
    } catch (error) {
      if (error instanceof SyntaxError) problems.push({ location, message: 'this line is not JSON' });
      else if (!SchemaError.isInstance(error)) throw error;
      else
        for (const problem of (error as SchemaError).problems) {
          problems.push({ location: { ...problem.location, line: index + 1 }, message: problem.message });
        }
    }
  }
  return { records, problems };
}
