import { describe, expect, it } from 'vitest';
import { ParameterStore } from './parameter-store.js';

describe('ParameterStore', () => {
  it('keeps parameters as views on one vector, and sums gradients beside them', () => {
    const store = new ParameterStore([
      { name: 'a', shape: [1, 2], data: Float32Array.of(1, 2) },
      { name: 'b', shape: [2, 1], data: Float32Array.of(3, 4) },
    ]);
    expect([...store.values]).toEqual([1, 2, 3, 4]);
    store.values[2] = 7;
    expect([...store.parameters[1]!.data]).toEqual([7, 4]);
    store.addGradient(1, Float32Array.of(3, 0));
    store.addGradient(0, Float32Array.of(0, 2));
    store.addGradient(0, Float32Array.of(0, 2));
    expect([...store.gradients]).toEqual([0, 4, 3, 0]);
    expect(store.gradientNorm()).toBe(5);
    store.clearGradients();
    expect(store.gradientNorm()).toBe(0);
  });
});
