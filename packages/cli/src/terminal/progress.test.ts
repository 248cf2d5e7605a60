import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createProgress } from './progress.js';

function createSink(): { stream: Writable; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return { stream, text: () => text };
}

describe('createProgress without a terminal', () => {
  it('writes a plain line at most every 5%, and the last', () => {
    const { stream, text } = createSink();
    const progress = createProgress(stream, 'adapter');
    for (let step = 0; step <= 1000; step++) progress.update(step / 1000, `step ${step}`);
    progress.stop();
    const lines = text().split('\n').slice(0, -1);
    expect(lines[0]).toBe('adapter 0% step 0');
    expect(lines.at(-1)).toBe('adapter 100% step 1000');
    expect(lines.length).toBeGreaterThanOrEqual(20);
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(text()).not.toContain('\u001b');
  });

  it('writes every note', () => {
    const { stream, text } = createSink();
    const progress = createProgress(stream, 'adapter');
    progress.note('one');
    progress.note('two');
    expect(text()).toBe('one\ntwo\n');
  });
});
