import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileErrorFrom } from '@tooltune/sdk/files';
import type { TrainingEvent } from './training-events.js';

/** Name of the log in an adapter's folder. */
export const runLogName = 'run.jsonl';

/** Takes the events of a run. */
export type RunLog = (event: TrainingEvent) => void;

/**
 * The log of a run in its output folder, one JSON object a line: an event and `time`, when it happened (ISO 8601). Curves
 * are drawn from it.
 * @param resumedSteps steps that a resumed run goes on from: what was logged after them is taken out; null for a new run
 * @throws FileError
 */
export function openRunLog(folder: string, resumedSteps: number | null): RunLog {
  const path = join(folder, runLogName);
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (error) {
      throw fileErrorFrom(error, path, 'write');
    }
  };
  attempt(() => writeFileSync(path, resumedSteps === null ? '' : linesUntil(path, resumedSteps)));
  return (event) =>
    attempt(() => appendFileSync(path, `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`));
}

/** Lines of a log that tell of no step after this one. */
function linesUntil(path: string, step: number): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return '';
  }
  const lines = text.split('\n').filter((line) => {
    try {
      const event = JSON.parse(line) as { step?: number };
      return (event.step ?? 0) <= step;
    } catch {
      // The line that a killed run did not finish.
      return false;
    }
  });
  return lines.map((line) => `${line}\n`).join('');
}
