import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { openRunLog } from './run-log.js';
import type { TrainingEvent } from './training-events.js';

const folder = useTemporaryFolder();
const step = (number: number): TrainingEvent => ({ type: 'checkpoint', file: 'c', step: number });
const readLog = async () =>
  (await readFile(join(folder(), 'run.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { time: string; step: number });

describe('openRunLog', () => {
  it('writes one line an event, with the time', async () => {
    const log = openRunLog(folder(), null);
    const before = Date.now();
    log(step(1));
    log(step(2));
    const lines = await readLog();
    expect(lines.map((line) => line.step)).toEqual([1, 2]);
    for (const { time } of lines) expect(Math.abs(Date.parse(time) - before)).toBeLessThan(60_000);
  });

  it('begins anew for a new run', async () => {
    await writeFile(join(folder(), 'run.jsonl'), 'what was there\n');
    openRunLog(folder(), null)(step(7));
    expect((await readLog()).map((line) => line.step)).toEqual([7]);
  });

  it('goes on for a resumed run, without what came after its checkpoint or was not finished', async () => {
    const first = openRunLog(folder(), null);
    for (const number of [1, 2, 3, 4]) first(step(number));
    await appendFile(join(folder(), 'run.jsonl'), '{"type":"st');
    openRunLog(folder(), 2)(step(3));
    expect((await readLog()).map((line) => line.step)).toEqual([1, 2, 3]);
  });

  it('names the file where it cannot be written', () => {
    expect(() => openRunLog(join(folder(), 'nowhere'), null)).toThrow(/run\.jsonl/);
  });
});
