import { describe, expect, it } from 'vitest';
import { EvaluationGate } from './evaluation-gate.js';

describe('EvaluationGate', () => {
  it('lets one through at a time, in their order, also after one that failed', async () => {
    const gate = new EvaluationGate();
    const seen: string[] = [];
    const work =
      (name: string, fails = false) =>
      async () => {
        seen.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 1));
        seen.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const results = await Promise.allSettled([gate.run(work('a')), gate.run(work('b', true)), gate.run(work('c'))]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });
});
