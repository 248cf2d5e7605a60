import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, randomValues, type Values } from '../../../test/check-gradients.js';
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
        (tape) => loraLinear(tape, 'x', projections, 'loraA', scale)[index]!,
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
        loraLinear(tape, 'x', projections, 'loraA', scale).map((tensor, index) => ({
          tensor,
          shape: [tokens, widths[index]!],
        })),
    });
    expect(Object.keys(errors)).toHaveLength(2 + count);
    for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-3);
  });
});
