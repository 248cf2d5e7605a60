import { describe, expect, it } from 'vitest';
import { type ApiError, unavailable } from './api-error.js';
import { eventStream } from './event-stream.js';

/** A stream of endless numbers, and what became of it. */
function open(maxStallMs?: number) {
  const outcome: { isClosed: boolean; ends: (string | undefined)[] } = { isClosed: false, ends: [] };
  async function* numbers() {
    try {
      for (let number = 0; ; number++) yield number;
    } finally {
      outcome.isClosed = true;
    }
  }
  const controller = new AbortController();
  const stream = eventStream(numbers() as unknown as AsyncGenerator<unknown, void, void>, {
    request: { signal: controller.signal, abort: (reason) => controller.abort(reason) },
    toError: (error) => error as ApiError,
    onEnd: (error) => void outcome.ends.push(error?.code),
    maxStallMs,
  });
  return { reader: stream.getReader(), controller, outcome };
}

async function rest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  let text = '';
  for (let step = await reader.read(); !step.done; step = await reader.read()) text += Buffer.from(step.value);
  return text;
}

describe('an event stream', () => {
  it('closes its source when it is aborted, though nobody reads', async () => {
    const { reader, controller, outcome } = open();
    await reader.read();
    await new Promise(setImmediate);
    controller.abort(unavailable());
    await expect.poll(() => outcome).toEqual({ isClosed: true, ends: ['shutting_down'] });
    expect(await rest(reader)).toMatch(/^data: 1\n\ndata: \{"error":.*"shutting_down".*\n\n$/);
    expect(outcome.ends).toHaveLength(1);
  });

  it('ends where its client reads nothing', async () => {
    const { reader, outcome } = open(20);
    await reader.read();
    await expect.poll(() => outcome).toEqual({ isClosed: true, ends: ['client_stalled'] });
    expect(await rest(reader)).toContain('client_stalled');
  });

  it('goes on as long as its client reads', async () => {
    const { reader, outcome } = open(100);
    for (let read = 0; read < 6; read++) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect((await reader.read()).done).toBe(false);
    }
    expect(outcome.ends).toEqual([]);
    await reader.cancel();
    expect(outcome).toEqual({ isClosed: true, ends: ['client_left'] });
  });
});
