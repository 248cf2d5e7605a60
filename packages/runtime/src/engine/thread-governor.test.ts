import { describe, expect, it } from 'vitest';
import { ThreadGovernor } from './thread-governor.js';

/** A machine on which an evaluation takes 60 ms and our threads get a share of what they ask for. */
function createMachine(threads: number, options: { busy?: boolean; share?: number } = {}) {
  const machine = { share: options.share ?? 1, clock: 0, processor: 0, applied: [] as number[] };
  const governor = new ThreadGovernor({
    threads,
    busy: options.busy ?? false,
    apply: (count) => machine.applied.push(count),
    now: () => machine.clock,
    processorTime: () => machine.processor,
  });
  const evaluate = async (times: number) => {
    for (let time = 0; time < times; time++) {
      await governor.watch(threads, async () => {
        machine.clock += 60;
        machine.processor += 60 * governor.threads * machine.share;
      });
    }
  };
  return { machine, governor, evaluate };
}

describe('ThreadGovernor', () => {
  it('uses all threads on a machine of its own', async () => {
    const { machine, governor, evaluate } = createMachine(4);
    await evaluate(100);
    expect([governor.threads, machine.applied]).toEqual([4, [4]]);
  });

  it('takes threads back while others want the cores, and returns to them afterwards', async () => {
    const { machine, governor, evaluate } = createMachine(2);
    machine.share = 0.4;
    await evaluate(1);
    expect(governor.threads).toBe(1);
    machine.share = 1;
    await evaluate(40);
    expect([governor.threads, machine.applied]).toEqual([2, [2, 1, 2]]);
  });

  it('tries less and less often while the machine stays busy', async () => {
    const { machine, governor, evaluate } = createMachine(2);
    // One thread gets a core, two never do.
    for (let time = 0; time < 2000; time++) {
      machine.share = governor.threads === 1 ? 1 : 0.4;
      await evaluate(1);
    }
    const tries = machine.applied.filter((threads) => threads === 2).length - 1;
    expect(machine.clock).toBe(120_000);
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThan(9);
  });

  it('keeps the part of many threads that it gets', async () => {
    const { governor, evaluate } = createMachine(16, { share: 0.5 });
    await evaluate(1);
    expect(governor.threads).toBe(8);
  });

  it('begins with one thread on a busy machine, and finds out when it is not', async () => {
    const { governor, evaluate } = createMachine(2, { busy: true });
    expect(governor.threads).toBe(1);
    await evaluate(1);
    expect(governor.threads).toBe(2);
  });

  it('measures evaluations at the same time as one, and counts failed ones', async () => {
    const { machine, governor } = createMachine(2);
    const evaluation = governor.watch(2, async () => {
      await governor.watch(2, async () => {
        machine.clock += 60;
        machine.processor += 120;
      });
      throw new Error('broken');
    });
    await expect(evaluation).rejects.toThrow('broken');
    expect(governor.threads).toBe(2);
  });

  it('does not mistake an evaluation that wants few threads for a starved one', async () => {
    const { machine, governor } = createMachine(4);
    for (let time = 0; time < 10; time++) {
      await governor.watch(1, async () => {
        machine.clock += 60;
        machine.processor += 60;
      });
    }
    expect(machine.applied).toEqual([4]);
  });

  it('lets all threads be seen where that matters', async () => {
    const { machine, governor } = createMachine(4, { busy: true });
    await governor.withAll(async () => expect(machine.applied.at(-1)).toBe(4));
    expect(machine.applied.at(-1)).toBe(1);
  });

  it('takes a raised limit at once, but not while the machine is busy', async () => {
    const free = createMachine(2);
    free.governor.raise(4);
    free.governor.raise(3);
    expect(free.governor.threads).toBe(4);
    const busy = createMachine(2, { busy: true });
    busy.governor.raise(4);
    expect(busy.governor.threads).toBe(1);
  });
});
