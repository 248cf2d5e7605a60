import { type Example, TooltuneError } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import type { AdviceTask, Approach } from './advice-task.js';
import { type AdviceEvent, type MeasureAdviceOptions, measureAdvice } from './measure-advice.js';

const rows = (count: number): Example[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'intent',
    text: `${index}`,
    intent: 'x',
    location: { file: '' },
  }));

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A task that answers at once and trains in no time; a training on at least `slow` rows waits for the signal. */
function task(overrides: Partial<AdviceTask> = {}, { slow = Number.POSITIVE_INFINITY } = {}) {
  const trained: number[] = [];
  let open = 0;
  const opening = async () => {
    open++;
    return {
      ask: async () => ({ right: true, tools: null, durationMs: 1, promptTokens: 1 }),
      dispose: async () => {
        open--;
      },
    };
  };
  const one: AdviceTask = {
    task: 'intents',
    prompted: [{ name: 'prompting', kind: 'prompting', open: opening }],
    async train({ rows: learnt, signal }) {
      if (learnt.length >= slow) {
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      }
      await wait(5);
      trained.push(learnt.length);
    },
    openAdapter: opening,
    openAdapterWithExamples: opening,
    ...overrides,
  };
  return { one, opening, trained, isClosed: () => open === 0 };
}

function measure(one: AdviceTask, overrides: Partial<MeasureAdviceOptions> = {}) {
  const events: AdviceEvent[] = [];
  const measured = measureAdvice({
    ...{ task: one, training: rows(200), heldOut: rows(10), seconds: 60, folder: 'x' },
    ...{ signal: new AbortController().signal, onEvent: (event: AdviceEvent) => events.push(event), ...overrides },
  });
  return { measured, events };
}

describe('measureAdvice', () => {
  it('measures prompts, growing samples, and the largest adapter with examples, on the same rows', async () => {
    const { one, trained, isClosed } = task();
    const { approaches, skipped, interrupted } = await measure(one).measured;
    expect(approaches.map(({ name, trainingRows }) => [name, trainingRows])).toEqual([
      ['prompting', null],
      ['fine-tuned, 25 rows', 25],
      ['fine-tuned, 50 rows', 50],
      ['fine-tuned, 100 rows', 100],
      ['fine-tuned, 200 rows', 200],
      ['fine-tuned, 200 rows + retrieval', 200],
    ]);
    expect(approaches.every(({ answers }) => answers.length === 10)).toBe(true);
    expect([trained, skipped, interrupted]).toEqual([[25, 50, 100, 200], [], false]);
    expect(isClosed()).toBe(true);
  });

  it('takes the sizes that are given', async () => {
    const { one, trained } = task();
    await measure(one, { sizes: [40, 10] }).measured;
    expect(trained).toEqual([10, 40]);
  });

  it('leaves out what the time does not allow, and says so', async () => {
    const { one, trained } = task({}, { slow: 100 });
    const { approaches, skipped } = await measure(one, { seconds: 1.5 }).measured;
    expect(trained).toEqual([25, 50]);
    expect(skipped).toEqual([{ name: 'fine-tuned, 100 rows', reason: 'time was up; --minutes gives more' }]);
    expect(approaches.at(-1)!.name).not.toContain('100');
  });

  it('gives what was measured when it is stopped: between rows, and in a training', async () => {
    const controller = new AbortController();
    let asked = 0;
    const { opening } = task();
    const stopping: Approach['open'] = async () => ({
      ...(await opening()),
      ask: async () => {
        if (++asked === 4) controller.abort();
        return { right: true, tools: null, durationMs: 1, promptTokens: 1 };
      },
    });
    const { one } = task({ prompted: [{ name: 'prompting', kind: 'prompting', open: stopping }] });
    const { approaches, interrupted } = await measure(one, { signal: controller.signal }).measured;
    expect(approaches.map(({ answers }) => answers.length)).toEqual([4]);
    expect(interrupted).toBe(true);

    const other = new AbortController();
    setTimeout(() => other.abort(), 100);
    const stopped = await measure(task({}, { slow: 50 }).one, { signal: other.signal }).measured;
    expect(stopped.approaches.map(({ name }) => name)).toEqual(['prompting', 'fine-tuned, 25 rows']);
    expect(stopped).toMatchObject({ interrupted: true, skipped: [] });
  });

  it('goes on where a prompt does not fit, and fails where something else is wrong', async () => {
    const failing = (code: string): Approach => ({
      ...{ name: 'retrieval', kind: 'retrieval' },
      open: () => Promise.reject(new TooltuneError(code, 'too long')),
    });
    const { approaches, skipped } = await measure(task({ prompted: [failing('engine/context-full')] }).one).measured;
    expect(skipped).toEqual([{ name: 'retrieval', reason: 'too long' }]);
    expect(approaches).toHaveLength(5);
    await expect(measure(task({ prompted: [failing('engine/broken')] }).one).measured).rejects.toThrow('too long');
  });
});
