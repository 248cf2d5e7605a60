import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, gradientValues, randomValues, type Values } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { loraLinear } from './lora-linear.js';

const tokens = 6;
const width = 7;
const rank = 3;
const scale = 1.7;
/** Output widths of the projections, all different. */
const outputWidths = [5, 9, 4];

function setUp(count: number) {
  const random = createRandom(count);
  const widths = outputWidths.slice(0, count);
  const inputs: Record<string, Values> = {
    x: randomValues(random, [tokens, width]),
    loraA: randomValues(random, [count * rank, width], 0.5),
  };
  const constants: Record<string, Values> = {};
  widths.forEach((outputs, index) => {
    inputs[`loraB${index}`] = randomValues(random, [rank, outputs], 0.5);
    constants[`weight${index}`] = randomValues(random, [outputs, width], 0.5);
  });
  const projections = widths.map((_, index) => ({ weight: `weight${index}`, loraB: `loraB${index}` }));
  return { widths, inputs, constants, projections };
}

describe.each([1, 2, 3])('loraLinear with %i projections', (count) => {
  it('is x Wᵀ + scale · (x Aᵀ) B for each', async () => {
    const { widths, inputs, constants, projections } = setUp(count);
    const at = ({ shape, data }: Values, row: number, column: number) => data[row * shape[1]! + column]!;
    for (const [index, outputs] of widths.entries()) {
      const y = await runGraph(
        { ...inputs, ...constants },
        (tape) => loraLinear(tape, 'x', projections, 'loraA', { scale })[index]!,
      );
      expect(y).toHaveLength(tokens * outputs);
      for (let token = 0; token < tokens; token++) {
        for (let output = 0; output < outputs; output++) {
          let expected = 0;
          for (let input = 0; input < width; input++) {
            const x = at(inputs.x!, token, input);
            expected += x * at(constants[`weight${index}`]!, output, input);
            for (let r = 0; r < rank; r++) {
              const a = at(inputs.loraA!, index * rank + r, input);
              expected += scale * x * a * at(inputs[`loraB${index}`]!, r, output);
            }
          }
          expect(y[token * outputs + output]).toBeCloseTo(expected, 4);
        }
      }
    }
  });

  it('has the right gradients of the input, A and every B', async () => {
    const { widths, inputs, constants, projections } = setUp(count);
    const errors = await gradientErrors({
      inputs,
      constants,
      build: (tape) =>
        loraLinear(tape, 'x', projections, 'loraA', { scale }).map((tensor, index) => ({
          tensor,
          shape: [tokens, widths[index]!],
        })),
    });
    expect(Object.keys(errors)).toHaveLength(2 + count);
    for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-3);
  });
});

describe.each([1, 2, 3])('loraLinear with magnitudes (DoRA), %i projections', (count) => {
  function setUpDora() {
    const { widths, inputs, constants, projections } = setUp(count);
    const random = createRandom(7);
    const magnitudes = Object.fromEntries(
      widths.map((outputs, index) => {
        const { shape, data } = randomValues(random, [1, outputs]);
        return [`magnitude${index}`, { shape, data: data.map((value) => 1 + Math.abs(value)) }];
      }),
    );
    const withMagnitudes = projections.map((part, index) => ({ ...part, magnitude: `magnitude${index}` }));
    return { widths, inputs, constants, magnitudes, projections: withMagnitudes };
  }

  it('gives the rows of W + scale · Bᵀ A their lengths', async () => {
    const { widths, inputs, constants, magnitudes, projections } = setUpDora();
    for (const [index, outputs] of widths.entries()) {
      const y = await runGraph(
        { ...inputs, ...constants, ...magnitudes },
        (tape) => loraLinear(tape, 'x', projections, 'loraA', { scale })[index]!,
      );
      for (let output = 0; output < outputs; output++) {
        const row = Array.from({ length: width }, (_, i) => {
          let value = constants[`weight${index}`]!.data[output * width + i]!;
          for (let r = 0; r < rank; r++) {
            const a = inputs.loraA!.data[(index * rank + r) * width + i]!;
            value += scale * a * inputs[`loraB${index}`]!.data[r * outputs + output]!;
          }
          return value;
        });
        const length = Math.hypot(...row);
        for (let token = 0; token < tokens; token++) {
          const product = row.reduce((sum, value, i) => sum + value * inputs.x!.data[token * width + i]!, 0);
          const expected = (magnitudes[`magnitude${index}`]!.data[output]! * product) / length;
          expect(y[token * outputs + output]).toBeCloseTo(expected, 4);
        }
      }
    }
  });

  it('has the right gradients where lengths are constants', async () => {
    const { widths, inputs, constants, magnitudes, projections } = setUpDora();
    // Lengths are constants where A and B stand still: x and the magnitudes can be checked by finite differences.
    const { x, ...still } = inputs;
    const errors = await gradientErrors({
      inputs: { x: x!, ...magnitudes },
      constants: { ...still, ...constants },
      build: (tape) => asOutputs(loraLinear(tape, 'x', projections, 'loraA', { scale }), widths),
    });
    for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-3);
  });

  it('has the gradients of A and B that plain LoRA has for the scaled dy', async () => {
    const { widths, inputs, constants, magnitudes, projections } = setUpDora();
    // Magnitudes equal to the lengths leave y as plain LoRA's, and lengths held constant the gradients too.
    const lengths = Object.fromEntries(
      await Promise.all(
        widths.map(async (outputs, index) => {
          const ones = { shape: [1, outputs], data: new Float32Array(outputs).fill(1) };
          const at = (plain: boolean) =>
            runGraph({ ...inputs, ...constants, ...magnitudes, [`magnitude${index}`]: ones }, (tape) => {
              const parts = plain ? projections.map(({ magnitude: _, ...part }) => part) : projections;
              return loraLinear(tape, 'x', parts, 'loraA', { scale })[index]!;
            });
          const [plain, unit] = [await at(true), await at(false)];
          return [
            `magnitude${index}`,
            { shape: [1, outputs], data: plain.slice(0, outputs).map((y, i) => y / unit[i]!) },
          ];
        }),
      ),
    ) as Record<string, Values>;
    const gradients = async (parts: typeof projections | { weight: string; loraB: string }[]) =>
      gradientValues({
        inputs,
        constants: { ...constants, ...lengths },
        build: (tape) => asOutputs(loraLinear(tape, 'x', parts, 'loraA', { scale }), widths),
      });
    const dora = await gradients(projections);
    const plain = await gradients(projections.map(({ magnitude: _, ...part }) => part));
    for (const name of Object.keys(inputs)) {
      plain[name]!.forEach((value, at) => {
        expect(dora[name]![at]).toBeCloseTo(value, 3);
      });
    }
  });
});

describe('loraLinear with dropout', () => {
  const mask = {
    shape: [tokens, width],
    data: Float32Array.from({ length: tokens * width }, (_, at) => (at % 3 === 0 ? 0 : 1.5)),
  };

  it("multiplies the adapter's input alone by the mask", async () => {
    const { inputs, constants, projections } = setUp(2);
    const masked = { shape: inputs.x!.shape, data: inputs.x!.data.map((value, at) => value * mask.data[at]!) };
    const noAdapter = { ...inputs, loraB1: { shape: inputs.loraB1!.shape, data: inputs.loraB1!.data.map(() => 0) } };
    const at = (values: Record<string, Values>, dropout?: () => string) =>
      runGraph({ ...values, ...constants, mask }, (tape) => {
        return loraLinear(tape, 'x', projections, 'loraA', { scale, ...(dropout && { dropout }) })[1]!;
      });
    const dropped = await at(inputs, () => 'mask');
    const adapterOnMasked = await at({ ...inputs, x: masked });
    const frozenOnMasked = await at({ ...noAdapter, x: masked });
    const frozen = await at(noAdapter);
    dropped.forEach((value, i) => {
      expect(value).toBeCloseTo(frozen[i]! + adapterOnMasked[i]! - frozenOnMasked[i]!, 4);
    });
  });

  it('has the right gradients', async () => {
    const { widths, inputs, constants, projections } = setUp(2);
    const errors = await gradientErrors({
      inputs,
      constants: { ...constants, mask },
      build: (tape) => asOutputs(loraLinear(tape, 'x', projections, 'loraA', { scale, dropout: () => 'mask' }), widths),
    });
    for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-3);
  });
});

function asOutputs(tensors: readonly string[], widths: readonly number[]) {
  return tensors.map((tensor, index) => ({ tensor, shape: [tokens, widths[index]!] }));
}
