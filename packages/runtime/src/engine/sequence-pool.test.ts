import { describe, expect, it } from 'vitest';
import { createScriptedEngine } from '../../test/scripted-engine.js';

const logitsAfter = () => [0, 1, 2];

async function fill(engine: ReturnType<typeof createScriptedEngine>, prompt: number[]): Promise<void> {
  const sequence = await engine.acquireSequence(prompt);
  await sequence.evaluate(prompt.slice(sequence.cachedTokens), { kind: 'none' });
  sequence.release();
}

describe('SequencePool', () => {
  it('lends the sequence that holds most of the prompt, cut back to what is common', async () => {
    const engine = createScriptedEngine(logitsAfter, { sequences: 2 });
    await fill(engine, [1, 2, 0, 0, 0]);
    const first = await engine.acquireSequence([1, 2, 0, 1, 1]);
    expect([first.cachedTokens, first.length]).toEqual([3, 3]);
    const second = await engine.acquireSequence([1, 2, 0, 1, 1]);
    expect(second.cachedTokens).toBe(0);
  });

  it('always leaves two tokens to evaluate', async () => {
    const engine = createScriptedEngine(logitsAfter);
    await fill(engine, [1, 2, 0, 1]);
    expect((await engine.acquireSequence([1, 2, 0, 1])).cachedTokens).toBe(2);
  });

  it('takes the sequence that has waited longest for a prompt that is new', async () => {
    const engine = createScriptedEngine(logitsAfter, { sequences: 2 });
    await fill(engine, [1, 1, 1, 1]);
    await fill(engine, [2, 2, 2, 2]);
    await fill(engine, [0, 0, 0, 0]);
    expect((await engine.acquireSequence([2, 2, 2, 2])).cachedTokens).toBe(2);
  });

  it('serves those who wait in their order', async () => {
    const engine = createScriptedEngine(logitsAfter);
    const held = await engine.acquireSequence([1, 1]);
    const served: string[] = [];
    const waiting = ['a', 'b'].map(async (name) => {
      const sequence = await engine.acquireSequence([1, 1]);
      served.push(name);
      sequence.release();
    });
    await Promise.resolve();
    expect(served).toEqual([]);
    held.release();
    await Promise.all(waiting);
    expect(served).toEqual(['a', 'b']);
  });

  it('lets one who waits go away, without losing the sequence', async () => {
    const engine = createScriptedEngine(logitsAfter);
    const held = await engine.acquireSequence([1, 1]);
    const controller = new AbortController();
    const waiting = engine.acquireSequence([1, 1], controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    held.release();
    held.release();
    const next = await engine.acquireSequence([1, 1]);
    await expect(held.evaluate([1], { kind: 'none' })).rejects.toMatchObject({ code: 'engine/disposed' });
    next.release();
  });

  it('refuses a prompt that leaves no room for an answer', async () => {
    const engine = createScriptedEngine(logitsAfter, { contextSize: 4 });
    await expect(engine.acquireSequence([1, 1, 1, 1])).rejects.toMatchObject({ code: 'engine/context-full' });
    await expect(engine.acquireSequence([1, 1, 1])).resolves.toMatchObject({ length: 0 });
  });

  it('ends all waiting when it is disposed', async () => {
    const engine = createScriptedEngine(logitsAfter);
    const held = await engine.acquireSequence([1, 1]);
    const waiting = engine.acquireSequence([1, 1]);
    await engine.dispose();
    await expect(waiting).rejects.toMatchObject({ code: 'engine/disposed' });
    await expect(engine.acquireSequence([1, 1])).rejects.toMatchObject({ code: 'engine/disposed' });
    await expect(held.evaluate([1], { kind: 'none' })).rejects.toMatchObject({ code: 'engine/disposed' });
  });

  const system = Array.from({ length: 80 }, (_, index) => index % 3);
  const turn = (token: number) => Array.from({ length: 70 }, () => token);

  it('copies a long beginning that another sequence holds, though that is in use', async () => {
    const engine = createScriptedEngine(logitsAfter, { sequences: 2 });
    const first = await engine.acquireSequence([...system, 1, 1]);
    await first.evaluate([...system, 1, 1], { kind: 'none' });
    const second = await engine.acquireSequence([...system, 2, 2]);
    expect(second.cachedTokens).toBe(80);
    const third = createScriptedEngine(logitsAfter, { sequences: 2 });
    await fill(third, [1, 2, 0, 0]);
    await third.acquireSequence([1, 2, 0, 0]);
    expect((await third.acquireSequence([1, 2, 0, 0])).cachedTokens).toBe(0);
  });

  it('leaves a long conversation alone when another begins alike', async () => {
    const engine = createScriptedEngine(logitsAfter, { sequences: 2 });
    const conversation = [...system, ...turn(1)];
    await fill(engine, conversation);
    await fill(engine, [...system, ...turn(2)]);
    const extended = await engine.acquireSequence([...conversation, 0, 0]);
    expect(extended.cachedTokens).toBe(150);
    const other = await engine.acquireSequence([...system, ...turn(2), 0, 0]);
    expect(other.cachedTokens).toBe(150);
  });
});
