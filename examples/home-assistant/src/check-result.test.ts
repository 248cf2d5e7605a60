import type { EvaluationReport } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { checkResult } from './check-result.js';

/** A report in which each configuration was exact, and malformed, in so many of ten rows. */
function reportOf(counts: Record<string, { exact: number; malformed: number }>): EvaluationReport {
  const rate = (count: number) => ({ count, total: 10, rate: count / 10, low: 0, high: 1 });
  const configurations = Object.entries(counts).map(([name, { exact, malformed }]) => ({
    ...{ name, failures: [], failureCount: 10 - exact },
    metrics: { exactCallAccuracy: rate(exact), malformedRate: rate(malformed) },
  }));
  return { configurations } as unknown as EvaluationReport;
}

const base = { exact: 1, malformed: 4 };
const good = { base, 'base + constraint': base, 'adapter + constraint': { exact: 8, malformed: 0 } };
const streamed = { streamedCalls: 3, requests: 3 };

describe('checkResult', () => {
  it('finds nothing wrong when the adapter helped', () => {
    expect(checkResult(reportOf(good), streamed)).toEqual([]);
  });

  it('finds an adapter that did not help, malformed answers, and missing calls', () => {
    const bad = reportOf({ ...good, 'adapter + constraint': { exact: 1, malformed: 2 } });
    expect(checkResult(bad, { streamedCalls: 2, requests: 3 })).toEqual([
      'the adapter is exact in 10.0% of the rows, the base model in 10.0%',
      '2 answers of the adapter were malformed under the constraint',
      '3 requests were streamed, 2 calls came',
    ]);
  });
});
