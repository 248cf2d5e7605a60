import { describe, expect, it, vi } from 'vitest';
import { DriftMonitor } from './drift-monitor.js';
import { measureDrift } from './measure-drift.js';
import type { DriftObservation } from './observation.js';

const baseline = {
  source: 'training' as const,
  rows: 400,
  labels: [
    { name: 'set_light', count: 200 },
    { name: 'play_music', count: 160 },
    { name: null, count: 40 },
  ],
};
const seen = (name: string | null, count: number, more: Partial<DriftObservation> = {}): DriftObservation[] =>
  Array.from({ length: count }, () => ({
    ...{ labels: [name], confidence: null, failed: false, repaired: false, weight: 1 },
    ...more,
  }));
const asEver = (count: number) => [
  ...seen('set_light', count * 0.5),
  ...seen('play_music', count * 0.4),
  ...seen(null, count * 0.1),
];

describe('measureDrift', () => {
  it('finds nothing where requests are as ever', () => {
    const report = measureDrift(asEver(500), { baseline });
    expect(report).toMatchObject({ rows: 500, isEnough: true, isDue: false, reasons: [], changes: [] });
    expect(report.labels).toMatchObject({ index: 0, verdict: 'stable' });
    expect(report.abstentions.rate).toBeCloseTo(0.1);
  });

  it('says which answers have become more frequent', () => {
    const report = measureDrift([...seen('play_music', 180), ...seen('set_light', 20)], { baseline });
    expect(report).toMatchObject({ isDue: true, reasons: ['the distribution of answers has shifted'] });
    expect(report.changes[0]).toEqual({ name: 'play_music', expected: 0.4, actual: 0.9 });
  });

  it('judges nothing by few requests', () => {
    const report = measureDrift(seen('play_music', 99, { failed: true }), { baseline });
    expect(report).toMatchObject({ isEnough: false, isDue: false, labels: { verdict: 'unknown' } });
  });

  it('takes too many failures, repairs and abstentions for a reason, with a baseline or without', () => {
    const bad = [
      ...asEver(200),
      ...seen('set_light', 40, { failed: true }),
      ...seen('set_light', 60, { repaired: true }),
    ];
    expect(measureDrift(bad, { baseline }).reasons).toEqual([
      'too many requests fail',
      'too many answers had to be repaired',
    ]);
    expect(measureDrift(bad).reasons).toHaveLength(2);
    expect(measureDrift(bad, { limits: { errors: 0.5, repairs: 0.5 } }).isDue).toBe(false);
    const silent = measureDrift(seen(null, 200));
    expect(silent).toMatchObject({ hasBaseline: false, labels: { index: null, verdict: 'unknown' }, isDue: true });
    // A share of 8 in 100 may be chance where 5 are allowed.
    const few = [...asEver(100), ...seen('set_light', 8, { failed: true })];
    expect(measureDrift(few, { baseline }).errors).toMatchObject({ isExceeded: false });
  });

  it('counts what was sampled for as many as it stands for, and not as so many proofs', () => {
    const sampled = [...seen('set_light', 95, { weight: 20 }), ...seen('set_light', 100, { failed: true })];
    const { errors } = measureDrift(sampled);
    expect(errors.rate).toBeCloseTo(100 / (95 * 20 + 100));
    expect(errors.high! - errors.low!).toBeGreaterThan(0.05);
    expect(measureDrift(seen('set_light', 100, { weight: 0 }))).toMatchObject({ rows: 0, isDue: false });
  });

  it('compares confidence where the baseline has it', () => {
    const confidence = [0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 30, 360];
    const sure = asEver(400).map((one, index) => ({
      ...one,
      confidence: [0.92, 0.96, 0.96, 0.96][index % 40] ?? 0.995,
    }));
    const unsure = asEver(300).map((one) => ({ ...one, confidence: 0.55 }));
    expect(measureDrift(sure, { baseline: { ...baseline, confidence } }).isDue).toBe(false);
    expect(measureDrift(unsure, { baseline: { ...baseline, confidence } }).reasons).toEqual([
      'the distribution of confidence has shifted',
    ]);
  });
});

describe('DriftMonitor', () => {
  it('tells once when the last requests have drifted, and anew after they were well again', () => {
    const onDrift = vi.fn();
    const monitor = new DriftMonitor({ baseline, window: 200, every: 50, onDrift });
    const take = (observations: readonly DriftObservation[]) => {
      for (const one of observations) monitor.add(one);
    };
    take(mixed(400));
    expect(onDrift).not.toHaveBeenCalled();
    take(seen('play_music', 400));
    expect(onDrift).toHaveBeenCalledTimes(1);
    expect(onDrift.mock.calls[0]![0]).toMatchObject({ isDue: true, rows: 200 });
    take(mixed(200));
    take(seen('play_music', 200));
    expect(onDrift).toHaveBeenCalledTimes(2);
    expect(() => new DriftMonitor({ window: 0, onDrift })).toThrow(RangeError);
  });
});

/** As ever in every stretch of ten. */
function mixed(count: number): DriftObservation[] {
  return Array.from({ length: count / 10 }, () => asEver(10)).flat();
}
