import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Lease, LeastRecentlyUsed } from './least-recently-used.js';

class Loadable {
  static alive = 0;
  isDisposed = false;
  constructor(readonly key: string) {
    Loadable.alive++;
  }
  async dispose(): Promise<void> {
    await Promise.resolve();
    expect(this.isDisposed).toBe(false);
    this.isDisposed = true;
    Loadable.alive--;
  }
}

const load = (key: string) => async () => {
  await Promise.resolve();
  return new Loadable(key);
};

describe('LeastRecentlyUsed', () => {
  it('loads once for all who ask meanwhile', async () => {
    const loaded = new LeastRecentlyUsed<Loadable>({ maxLoaded: 2 });
    const [first, second] = await Promise.all([loaded.acquire('a', 0, load('a')), loaded.acquire('a', 0, load('a'))]);
    expect(first.value).toBe(second.value);
    expect(loaded.users('a')).toBe(2);
    await loaded.dispose();
  });

  it('frees the idle one that was used least recently, and none that is in use', async () => {
    const loaded = new LeastRecentlyUsed<Loadable>({ maxLoaded: 2 });
    const leases = new Map<string, Lease<Loadable>>();
    for (const key of ['a', 'b']) leases.set(key, await loaded.acquire(key, 0, load(key)));
    leases.set('c', await loaded.acquire('c', 0, load('c')));
    expect(['a', 'b', 'c'].map((key) => loaded.isLoaded(key))).toEqual([true, true, true]);
    leases.get('b')!.release();
    expect(loaded.isLoaded('b')).toBe(false);
    leases.get('a')!.release();
    leases.get('c')!.release();
    (await loaded.acquire('d', 0, load('d'))).release();
    expect(['a', 'c', 'd'].map((key) => loaded.isLoaded(key))).toEqual([false, true, true]);
    await loaded.dispose();
  });

  it('frees as many as take the room of a large one', async () => {
    const loaded = new LeastRecentlyUsed<Loadable>({ maxLoaded: 9, maxBytes: 10 });
    for (const [key, bytes] of Object.entries({ a: 3, b: 3, c: 3 }))
      (await loaded.acquire(key, bytes, load(key))).release();
    expect(loaded.bytes).toBe(9);
    (await loaded.acquire('d', 6, load('d'))).release();
    expect(['a', 'b', 'c', 'd'].map((key) => loaded.isLoaded(key))).toEqual([false, false, true, true]);
    await loaded.dispose();
  });

  it('keeps a retired one for those who use it, and loads anew for others', async () => {
    const loaded = new LeastRecentlyUsed<Loadable>({ maxLoaded: 2 });
    const before = await loaded.acquire('a', 0, load('a'));
    loaded.retire('a');
    const after = await loaded.acquire('a', 0, load('a'));
    expect(after.value).not.toBe(before.value);
    expect(before.value.isDisposed).toBe(false);
    before.release();
    before.release();
    await loaded.dispose();
    expect(before.value.isDisposed).toBe(true);
  });

  it('tries again after a load that failed', async () => {
    const loaded = new LeastRecentlyUsed<Loadable>({ maxLoaded: 1 });
    await expect(loaded.acquire('a', 0, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect([loaded.size, loaded.users('a')]).toEqual([0, 0]);
    (await loaded.acquire('a', 0, load('a'))).release();
    await loaded.dispose();
  });

  it('never frees what is used, never frees twice, keeps to its bound when idle and frees all in the end', async () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      action: fc.constantFrom('take', 'give', 'retire'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 4, max: 9 }),
        fc.array(step, { maxLength: 40 }),
        async (bound, maxBytes, steps) => {
          const sizes: Record<string, number> = { a: 1, b: 2, c: 3, d: 4 };
          Loadable.alive = 0;
          const loaded = new LeastRecentlyUsed<Loadable>({ maxLoaded: bound, maxBytes });
          const leases: Lease<Loadable>[] = [];
          for (const { key, action } of steps) {
            if (action === 'take') leases.push(await loaded.acquire(key, sizes[key]!, load(key)));
            else if (action === 'retire') loaded.retire(key);
            else leases.shift()?.release();
            for (const { value } of leases) expect(value.isDisposed).toBe(false);
          }
          for (const lease of leases) lease.release();
          expect(loaded.size).toBeLessThanOrEqual(bound);
          expect(loaded.bytes).toBeLessThanOrEqual(maxBytes);
          await loaded.dispose();
          expect(Loadable.alive).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
