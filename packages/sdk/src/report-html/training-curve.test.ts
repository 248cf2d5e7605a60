import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrainingCurve } from './index.js';

const lines = (...events: object[]) => events.map((event) => JSON.stringify(event)).join('\n');

describe('parseTrainingCurve', () => {
  it('reads steps, validations and ends of epochs, the later of two lines for one step', () => {
    const text = lines(
      { type: 'start', steps: 10 },
      { type: 'step', step: 1, steps: 10, loss: 3 },
      { type: 'step', step: 2, steps: 10, loss: 2.5 },
      { type: 'validation', step: 2, validation: { loss: 2, exact: 0.1 }, isBest: true },
      { type: 'start', steps: 10, resumedSteps: 1 },
      { type: 'step', step: 2, steps: 10, loss: 2 },
      { type: 'epoch', epoch: 1, epochs: 2, trainLoss: 2, validation: { loss: 1 } },
      { type: 'epoch', epoch: 2, epochs: 2, trainLoss: 1, validation: null },
    );
    expect(parseTrainingCurve(`${text}\n{"type":"st`)).toEqual({
      steps: 10,
      training: [
        { step: 1, loss: 3 },
        { step: 2, loss: 2 },
      ],
      validation: [
        { step: 2, loss: 2, exact: 0.1 },
        { step: 5, loss: 1, exact: null },
      ],
    });
  });

  it('makes nothing of any other text', () => {
    expect(parseTrainingCurve('')).toBeUndefined();
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (texts) => {
        const curve = parseTrainingCurve(texts.join('\n'));
        expect(curve === undefined || curve.steps > 0).toBe(true);
      }),
    );
  });
});
