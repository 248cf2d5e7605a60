import type { TrainedAdapter, TrainingEvent } from '@tooltune/trainer';
import { describe, expect, it } from 'vitest';
import type { Output, Terminal } from '../terminal/index.js';
import { createTrainingView, formatTrainingSummary } from './training-view.js';

type Start = Extract<TrainingEvent, { type: 'start' }>;

const start: Start = {
  type: 'start',
  device: 'cpu',
  examples: 90,
  validationExamples: 0,
  tokens: 1000,
  labelTokens: 300,
  longestExampleTokens: 50,
  trainableParameters: 4_900_000,
  steps: 7,
  resumedSteps: 0,
};

/** What the view writes about the start of a run. */
function notesOf(changes: Partial<Start>): string {
  let written = '';
  const output = { write: (text: string) => (written += text), isTTY: false } as unknown as Output;
  createTrainingView({ notices: output } as unknown as Terminal, 'run', { silent: false }).show({
    ...start,
    ...changes,
  });
  return written;
}

function summaryOf(forgetting: TrainedAdapter['manifest']['training']['forgetting']): string {
  const training = { trainLoss: 0.01, ...(forgetting === undefined ? {} : { forgetting }) };
  const manifest = { training, grounding: {} } as unknown as TrainedAdapter['manifest'];
  const view = createTrainingView({} as Terminal, 'run', { silent: true });
  return formatTrainingSummary(manifest, view, { out: 'my-adapter', data: ['train.jsonl'] });
}

describe('the view of a training', () => {
  it('tells how many general rows are mixed in', () => {
    expect(notesOf({ replay: { examples: 10, skipped: 0 } })).toContain('90 rows, 10 general rows, 1,000 tokens');
    expect(notesOf({})).not.toContain('general');
  });

  it('tells of general rows that cannot be used', () => {
    const notes = notesOf({ replay: { examples: 10, skipped: 3 } });
    expect(notes).toContain('90 rows, 10 general rows (3 left out, too long for this model), 1,000 tokens');
  });

  it('sums up what was forgotten, in nats and percent of the base', () => {
    const summary = summaryOf({ text: { before: 2.912, after: 2.953 }, questions: { before: 2, after: 1.5 } });
    expect(summary).toMatch(/general text +loss 2\.91 → 2\.95 \(\+1\.4%\)/);
    expect(summary).toMatch(/general answers +loss 2\.00 → 1\.50 \(-25\.0%\)/);
  });

  it('tells the validation of the state that was kept, not the last', () => {
    const view = createTrainingView({} as Terminal, 'run', { silent: true });
    for (const [step, exact] of [0.5, 0.75, 0.25].entries()) {
      view.show({ type: 'validation', step, validation: { loss: step + 1, exact }, isBest: step < 2 });
    }
    const summary = (validationLoss: number) => {
      const manifest = { training: { trainLoss: 0.01, validationLoss }, grounding: {} };
      const options = { out: 'my-adapter', data: ['train.jsonl'] };
      return formatTrainingSummary(manifest as unknown as TrainedAdapter['manifest'], view, options);
    };
    expect(summary(2)).toMatch(/validation +loss 2\.000, right to the letter 75\.0%/);
    // It came before a run that was resumed.
    expect(summary(0.5)).toMatch(/validation +loss 0\.500\n/);
  });

  it('says what to do with DoRA first', () => {
    const view = createTrainingView({} as Terminal, 'run', { silent: true });
    const manifest = { training: { trainLoss: 0.01 }, lora: { dora: true }, grounding: {} };
    const options = { out: 'a b', data: ['train.jsonl'] };
    const summary = formatTrainingSummary(manifest as unknown as TrainedAdapter['manifest'], view, options);
    expect(summary).toContain(
      "tooltune export 'a b' --merge --to bundle --out 'a b-merged'\n  tooltune eval 'a b-merged'",
    );
  });

  it('says nothing of forgetting where it was not measured', () => {
    expect(summaryOf(undefined)).not.toContain('general');
  });
});
