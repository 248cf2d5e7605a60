import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RuntimeRecord } from '@tooltune/sdk';
import { parseRecords } from '@tooltune/sdk/harvest';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJsonlSink } from './jsonl-sink.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tooltune-sink-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let folders = 0;
const newFolder = () => join(folder, String(folders++));
const record = (id: string, comment: string): RuntimeRecord => ({
  ...{ type: 'feedback', id, time: '2026-01-01T00:00:00.000Z', comment },
});

async function readAll(from: string): Promise<{ names: string[]; texts: string[]; records: RuntimeRecord[] }> {
  const names = (await readdir(from)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(from, name), 'utf8')));
  const parsed = texts.map((text) => parseRecords(text));
  expect(parsed.flatMap(({ problems }) => problems)).toEqual([]);
  return { names, texts, records: parsed.flatMap(({ records }) => records) };
}

describe('createJsonlSink', () => {
  it('loses and splits no line, whatever is written when, and keeps files below their size', async () => {
    const batch = fc.record({
      comments: fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), { maxLength: 8 }),
      pause: fc.nat(1500),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { maxLength: 8 }),
        fc.integer({ min: 100, max: 900 }),
        async (batches, maxBytes) => {
          const own = newFolder();
          let time = 1e12;
          const sink = createJsonlSink({ folder: own, maxBytes, maxAgeMs: 2000, maxFiles: 1000, now: () => time });
          const written: RuntimeRecord[] = [];
          for (const { comments, pause } of batches) {
            const records = comments.map((comment, index) => record(`${written.length + index}`, comment));
            await sink.write(records);
            written.push(...records);
            time += pause;
          }
          await sink.close!();
          if (written.length === 0) return;
          const { texts, records } = await readAll(own);
          expect(records).toEqual(written);
          for (const text of texts) {
            const lines = text.split('\n').length - 1;
            expect(lines === 1 || Buffer.byteLength(text) <= maxBytes).toBe(true);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('begins a new file after a while, and keeps only the newest', async () => {
    const own = newFolder();
    let time = 1e12;
    const sink = createJsonlSink({ folder: own, maxAgeMs: 1000, maxFiles: 3, now: () => time });
    for (let count = 0; count < 6; count++) {
      await sink.write([record(`${count}`, 'x')]);
      time += 1000;
    }
    await writeFile(join(own, 'notes.txt'), 'not a record');
    await sink.write([record('6', 'x'), record('7', 'x')]);
    await sink.close!();
    await rm(join(own, 'notes.txt'));
    expect((await readAll(own)).records.map(({ id }) => id)).toEqual(['4', '5', '6', '7']);
  });

  it('shares a folder with another writer', async () => {
    const own = newFolder();
    const sinks = [createJsonlSink({ folder: own }), createJsonlSink({ folder: own })];
    await Promise.all(sinks.map((sink, index) => sink.write([record(`${index}`, 'x')])));
    await Promise.all(sinks.map((sink) => sink.write([record('again', 'x')])));
    await Promise.all(sinks.map((sink) => sink.close!()));
    const { names, records } = await readAll(own);
    expect(names).toHaveLength(2);
    expect(records).toHaveLength(4);
  });

  it('fails where it cannot write, and goes on where it can again', async () => {
    const own = newFolder();
    await writeFile(own, 'a file in its place');
    const sink = createJsonlSink({ folder: own });
    await expect(sink.write([record('0', 'x')])).rejects.toThrow();
    await rm(own);
    await sink.write([record('0', 'x')]);
    await sink.close!();
    expect((await readAll(own)).records).toHaveLength(1);
    expect(() => createJsonlSink({ folder: own, maxFiles: 0 })).toThrow(RangeError);
  });
});
