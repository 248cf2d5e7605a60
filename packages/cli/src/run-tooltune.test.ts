import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { exitCodes } from './exit-codes.js';
import { runTooltune } from './run-tooltune.js';
import { createTerminal } from './terminal/index.js';

/** A stream that nobody reads any more: every write fails, after a while, as a pipe's does. */
function closedPipe(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      setImmediate(() => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })));
    },
  });
}

/** Takes all, and keeps it. */
function collector() {
  const stream = new PassThrough();
  return { stream, text: () => String(stream.read() ?? '') };
}

describe('runTooltune', () => {
  it('ends as usual when nobody reads what it prints', async () => {
    const terminal = createTerminal({ output: closedPipe(), notices: closedPipe() });
    const { signal } = new AbortController();
    expect(await runTooltune(['models'], { terminal, signal })).toBe(exitCodes.ok);
    expect(await runTooltune(['nonsense'], { terminal, signal })).toBe(exitCodes.usage);
  });

  it('stops waiting for a request when it is interrupted', async () => {
    const notices = collector();
    const terminal = createTerminal({ input: new PassThrough(), output: new PassThrough(), notices: notices.stream });
    const controller = new AbortController();
    const running = runTooltune(['run', 'my-adapter'], { terminal, signal: controller.signal });
    controller.abort();
    expect(await running).toBe(exitCodes.interrupted);
    expect(notices.text()).toContain('interrupted');
  });
});
