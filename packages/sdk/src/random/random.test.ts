import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random, type RandomState } from './index.js';

const seeds = fc.oneof(fc.integer(), fc.string());
const draw = (random: Random) => [
  random.next(),
  random.integer(-5, 5),
  random.normal(),
  random.shuffle([1, 2, 3, 4, 5]),
];

describe('createRandom', () => {
  it('gives the same values for the same seed, on every machine', () => {
    const random = createRandom(42);
    expect([random.next(), random.integer(1, 100), random.shuffle(['a', 'b', 'c', 'd'])]).toEqual(reference);
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(draw(createRandom(seed))).toEqual(draw(createRandom(seed)));
      }),
    );
  });

  it('gives other values for another seed, also for 1 and "1"', () => {
    const firsts = [1, 2, '1', '', 'a', -1, 2 ** 40].map((seed) => createRandom(seed).next());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('goes on from a state that went through JSON as if nothing had happened', () => {
    fc.assert(
      fc.property(seeds, fc.nat(50), (seed, steps) => {
        const random = createRandom(seed);
        for (let step = 0; step < steps; step++) random.next();
        const state = JSON.parse(JSON.stringify(random.getState())) as RandomState;
        const resumed = createRandom('another');
        resumed.setState(state);
        expect([draw(resumed), draw(resumed.fork('x'))]).toEqual([draw(random), draw(random.fork('x'))]);
      }),
    );
  });

  it('refuses a state that is none', () => {
    const state = { ...createRandom(1).getState(), words: [1, 2] };
    expect(() => createRandom(1).setState(state)).toThrow(/random generator/);
  });

  it('forks independently of what was drawn, and differently for each label', () => {
    const random = createRandom(7);
    const before = draw(random.fork('epoch-1'));
    random.next();
    expect(draw(random.fork('epoch-1'))).toEqual(before);
    expect(random.fork('epoch-2').next()).not.toBe(random.fork('epoch-1').next());
    expect(createRandom(7).fork('a').fork('b').next()).not.toBe(createRandom(7).fork('b').fork('a').next());
  });

  it('stays in its bounds', () => {
    fc.assert(
      fc.property(seeds, fc.integer(), fc.nat(1000), (seed, min, size) => {
        const random = createRandom(seed);
        const value = random.integer(min, min + size);
        expect(value >= min && value <= min + size && Number.isInteger(value)).toBe(true);
        const share = random.next();
        expect(share >= 0 && share < 1).toBe(true);
      }),
    );
    expect(() => createRandom(1).integer(2, 1)).toThrow(RangeError);
  });

  it('shuffles into a permutation and leaves the array alone', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer()), (seed, values) => {
        const copy = [...values];
        const byValue = (a: number, b: number) => a - b;
        expect(createRandom(seed).shuffle(values).sort(byValue)).toEqual([...copy].sort(byValue));
        expect(values).toEqual(copy);
      }),
    );
  });

  it('draws a normal distribution: mean 0, variance 1, 95% within 1.96', () => {
    const random = createRandom('normal');
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const within = values.filter((value) => Math.abs(value) < 1.96).length / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    expect(Math.abs(within - 0.95)).toBeLessThan(0.01);
  });
});

const reference = [0.38322817401819453, 36, ['d', 'b', 'c', 'a']];
