import {
  calibrateIntents,
  calibrateLabels,
  createModelPrompting,
  defaultIntentSystem,
  type Example,
  type IntentAdapterManifest,
  type IntentCalibration,
  type IntentLabel,
  intentPromptFormat,
  namesOf,
  type TextExample,
  TooltuneError,
} from '@tooltune/sdk';
import { intentBaseline } from '@tooltune/sdk/drift';
import { manifestPrompt } from '../../adapter/manifest-prompt.js';
import { writeIntentBundle } from '../../adapter/write-bundle.js';
import { defaultFullHyperparameters, defaultHyperparameters, type Hyperparameters } from '../hyperparameters.js';
import { imitation } from '../objective.js';
import { examplesSha256, type TrainingExample } from '../training-example.js';
import type { TrainingOptions } from '../training-options.js';
import { type PreparedTraining, runTraining, type TrainingContext } from '../training-run.js';
import { assignLabels } from './assign-labels.js';
import { divideRows } from './divide-rows.js';
import { IntentRenderer } from './intent-examples.js';
import { labelLogits } from './label-logits.js';
import type { TextRows } from './text-rows.js';

/** Where trainIntentAdapter's differ from trainAdapter's; found on banking77 and clinc150, see docs/training.md. */
export const defaultIntentHyperparameters: Hyperparameters = {
  ...defaultHyperparameters,
  learningRate: 1e-3,
  valueExchange: 0,
  replay: 0,
};

export interface TrainIntentAdapterOptions extends Omit<TrainingOptions, 'hyperparameters'> {
  /** Rows to learn from. */
  training: readonly Example[];
  /**
   * Rows whose loss and accuracy are told after each epoch, and that temperature and threshold are fitted to; never
   * learnt from. Rows out of scope may be among them even where none is learnt from. Default: a share of `training`.
   */
  validation?: readonly Example[];
  /** Share of `training` that is held out, drawn by the seed, where no `validation` is given. Default 0.1. */
  validationFraction?: number;
  /**
   * Of rows of `{text, score}`: the levels from the lowest to the highest. Default: the numbers that rows have, or the levels
   * of the adapter that is gone on from.
   */
  levels?: readonly string[];
  /**
   * System message of every prompt; null for what the chat template writes by itself. Default "You name the intent." (of
   * scores "You score the text."), or that of the adapter that is gone on from, whose intents also keep their tokens.
   */
  system?: string | null;
  hyperparameters?: Partial<Omit<Hyperparameters, 'valueExchange' | 'replay'>>;
}

export interface TrainedIntentAdapter {
  folder: string;
  manifest: IntentAdapterManifest;
}

/**
 * Fine-tunes a LoRA adapter that names the intent of a text, and writes its bundle. Each label is answered by one token of
 * its own, and the loss is the cross-entropy over these tokens, at the place where the answer begins: to classify takes one
 * evaluation of the prompt. Rows out of scope have a label of their own, where there are such rows to learn from.
 *
 * Rows of `{text, intents}` have any number of intents: each is learnt by itself, beside a reference (binary cross-entropy).
 * Rows of `{text, score}` have a level of a scale: the loss is the cross-entropy to targets that fall off with the distance
 * from it.
 *
 * Throws `intents/too-few-labels`, `intents/too-many-labels`, and what runTraining throws.
 */
export async function trainIntentAdapter(options: TrainIntentAdapterOptions): Promise<TrainedIntentAdapter> {
  const { learningRate } = options.full ? defaultFullHyperparameters : defaultIntentHyperparameters;
  const hyperparameters = { learningRate, ...options.hyperparameters, valueExchange: 0, replay: 0 };
  return runTraining({ ...options, hyperparameters }, async (context) => prepareTraining(options, context));
}

function prepareTraining(
  { output, ...options }: TrainIntentAdapterOptions,
  { file, config, seed, start }: TrainingContext,
): PreparedTraining<TrainingExample, IntentAdapterManifest> {
  const earlier = start.manifest?.task === 'intents' ? start.manifest : null;
  const rows = divideRows(options.training, {
    ...{ validation: options.validation, fraction: options.validationFraction ?? 0.1, seed },
  });
  const { kind } = rows;
  refuseOtherKind(kind, earlier, options.levels);
  const ownSystem = kind === 'ordinal' ? defaultScoreSystem : defaultIntentSystem;
  const { system = earlier === null ? ownSystem : earlier.prompt.system } = options;
  const { tokenizer, chatTemplate, renderer } = createModelPrompting(file.metadata, {
    format: intentPromptFormat(system),
    toolset: { tools: [] },
  });
  const labels = assignLabels({
    ...{ kind, rows: rows.training, levels: options.levels, tokenizer, kept: earlier?.labels },
  });
  if (labels.length < 2) {
    const what = kind === 'ordinal' ? 'scores' : 'intents';
    throw new TooltuneError('intents/too-few-labels', `the rows to learn from do not have two different ${what}`);
  }
  const hasLabel = (row: TextExample) => namesOf(row).length > 0 || labels.some((label) => label.intent === null);
  const examples = new IntentRenderer({ kind, renderer, labels, maxTokens: config.contextLength });
  const training = examples.render(rows.training);
  const labelled = rows.validation.filter(hasLabel);
  const outside = rows.validation.filter((row) => !hasLabel(row));
  const validation = examples.render(labelled);
  const unlabelled = examples.renderUnlabelled(outside);
  const prompt = manifestPrompt({ system }, { chatTemplate, tokenizer });
  return {
    rows: training,
    rowsOf: () => training,
    ownRows: training.length,
    validation,
    validationRows: rows.validation.length,
    examplesOf: (example) => [example],
    others: unlabelled,
    identity: {
      task: 'intents',
      ...(kind === 'single' ? {} : { kind }),
      prompt,
      labels,
      outside: examplesSha256(unlabelled),
    },
    ...(kind === 'single' ? {} : { graph: { choiceLoss: kind === 'multi' ? 'binary' : 'soft' } }),
    objective: () => imitation(),
    async finish({ passes, parameters, maxTokensPerPass, signal }, { training: trained, base, createdBy, ...weights }) {
      const logits = await labelLogits([...validation, ...unlabelled], {
        ...{ passes, parameters, labels, maxTokensPerPass, signal },
      });
      const scored = [...labelled, ...outside].map((row, index) => ({ row, logits: logits[index]! }));
      const calibration = calibrate(kind, labels, scored);
      const ofKind = kind === 'single' ? undefined : kind;
      const baseline = intentBaseline(labels, scored, calibration, ofKind);
      return writeIntentBundle(output, {
        ...weights,
        manifest: {
          ...{ createdBy, task: 'intents', ...(ofKind === undefined ? {} : { kind: ofKind }), base, prompt, labels },
          calibration,
          training: { ...trained, loss: 'choices' },
          ...(baseline === undefined ? {} : { baseline }),
        },
      });
    },
  };
}

/** The system message of adapters that score, unless another is asked for. */
const defaultScoreSystem = 'You score the text.';

function refuseOtherKind(
  kind: TextRows['kind'],
  earlier: IntentAdapterManifest | null,
  levels: readonly string[] | undefined,
): void {
  if (levels !== undefined && kind !== 'ordinal') {
    throw new TooltuneError('training/bad-option', 'levels are of rows of {"text", "score"}; leave them out');
  }
  const before = earlier?.kind ?? 'single';
  if (earlier === null || before === kind) return;
  const message = `the adapter that is gone on from is of another kind (${before}) than the rows (${kind}); train a new one`;
  throw new TooltuneError('training/bad-start', message);
}

function calibrate(
  kind: TextRows['kind'],
  labels: readonly IntentLabel[],
  rows: readonly { row: TextExample; logits: Float32Array }[],
): IntentCalibration {
  if (kind === 'multi') {
    return calibrateLabels(
      labels,
      rows.map(({ row, logits }) => ({ intents: namesOf(row), logits })),
    );
  }
  return calibrateIntents(
    labels,
    rows.map(({ row, logits }) => ({ intent: namesOf(row)[0] ?? null, logits })),
  );
}
