import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Admission } from './admission.js';

describe('admission', () => {
  it('aborts a request when its client leaves, and leaves nothing at the client’s signal', () => {
    const admission = new Admission(2);
    const client = new AbortController();
    const [first, second] = [admission.enter(client.signal), admission.enter(client.signal)];
    second.leave();
    expect(getEventListeners(client.signal, 'abort')).toHaveLength(1);
    client.abort('gone');
    expect(first.signal.reason).toMatchObject({ code: 'client_left', status: 499 });
    expect(second.signal.aborted).toBe(false);
    first.leave();
    first.leave();
    expect(admission.active).toBe(0);
    expect(admission.enter(client.signal).signal.aborted).toBe(true);
  });

  it('waits as long as it is told to, however long', async () => {
    const admission = new Admission(2);
    const request = admission.enter(new AbortController().signal);
    const closed = admission.close(2 ** 40);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(request.signal.aborted).toBe(false);
    request.leave();
    await closed;
    expect(() => admission.enter(new AbortController().signal)).toThrow('shutting down');
  });
});
