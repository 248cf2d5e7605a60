import { describe, expect, it } from 'vitest';
import { checkHyperparameters, defaultHyperparameters, type Hyperparameters } from './hyperparameters.js';

describe('checkHyperparameters', () => {
  it('accepts the defaults, and the ends of the ranges', () => {
    expect(() => checkHyperparameters(defaultHyperparameters)).not.toThrow();
    expect(() => checkHyperparameters({ ...defaultHyperparameters, warmupFraction: 1, weightDecay: 0 })).not.toThrow();
  });

  it.each<[keyof Hyperparameters, number]>([
    ['rank', 0],
    ['rank', 1.5],
    ['alpha', 0],
    ['alpha', Number.NaN],
    ['epochs', 0],
    ['batchSize', -1],
    ['learningRate', 0],
    ['learningRate', Number.POSITIVE_INFINITY],
    ['warmupFraction', 1.1],
    ['warmupFraction', -0.1],
    ['warmupFraction', Number.NaN],
    ['weightDecay', -1],
    ['maxGradientNorm', 0],
    ['replay', -0.1],
    ['replay', 1],
    ['replay', Number.NaN],
    ['valueExchange', -0.1],
    ['valueExchange', 1.1],
    ['valueExchange', Number.NaN],
  ])('refuses %s of %d, naming it', (name, value) => {
    expect(() => checkHyperparameters({ ...defaultHyperparameters, [name]: value })).toThrow(
      expect.objectContaining({ code: 'training/bad-option', message: expect.stringContaining(`${name} must be`) }),
    );
  });
});
