import { describe, expect, it } from 'vitest';
import { mergeWeight } from './merge-weight.js';

const update = { inputs: 3, outputs: 2, a: Float32Array.of(1, 0, 2, 0, 1, 0), b: Float32Array.of(1, 2, 0, -1) };

describe('mergeWeight', () => {
  it('adds scale · B · A', () => {
    const weight = Float32Array.of(1, 1, 1, 2, 2, 2);
    mergeWeight(weight, update, 0.5);
    expect([...weight]).toEqual([1.5, 2, 2, 2, 1.5, 2]);
  });

  it('gives each row of DoRA its length, and leaves a row of zeros', () => {
    const weight = Float32Array.of(0, 0, 0, 3, 1, 4);
    const b = Float32Array.of(0, 0, 0, -1);
    mergeWeight(weight, { ...update, b, magnitude: Float32Array.of(7, 10) }, 1);
    expect([...weight]).toEqual([0, 0, 0, 6, 0, 8]);
  });
});
