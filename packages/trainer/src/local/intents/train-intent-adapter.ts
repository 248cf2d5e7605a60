import {
  assignLabelTokens,
  calibrateIntents,
  createModelPrompting,
  defaultIntentSystem,
  type Example,
  type IntentAdapterManifest,
  intentPromptFormat,
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
import { divideRows } from './divide-rows.js';
import { IntentRenderer, intentsOf } from './intent-examples.js';
import { labelLogits } from './label-logits.js';

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
   * System message of every prompt; null for what the chat template writes by itself. Default "You name the intent.", or
   * that of the adapter that is gone on from, whose intents also keep their tokens.
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
  const { system = earlier === null ? defaultIntentSystem : earlier.prompt.system } = options;
  const rows = divideRows(options.training, {
    ...{ validation: options.validation, fraction: options.validationFraction ?? 0.1, seed },
  });
  const { tokenizer, chatTemplate, renderer } = createModelPrompting(file.metadata, {
    format: intentPromptFormat(system),
    toolset: { tools: [] },
  });
  const labels = assignLabelTokens(intentsOf(rows.training), tokenizer, earlier?.labels);
  if (labels.length < 2) {
    throw new TooltuneError('intents/too-few-labels', 'the rows to learn from do not have two different intents');
  }
  const hasLabel = ({ intent }: { intent: string | null }) =>
    intent !== null || labels.some((label) => label.intent === null);
  const examples = new IntentRenderer({ renderer, labels, maxTokens: config.contextLength });
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
    identity: { task: 'intents', prompt, labels, outside: examplesSha256(unlabelled) },
    objective: () => imitation(),
    async finish({ passes, parameters, maxTokensPerPass, signal }, { training: trained, base, createdBy, ...weights }) {
      const logits = await labelLogits([...validation, ...unlabelled], {
        ...{ passes, parameters, labels, maxTokensPerPass, signal },
      });
      const scored = [...labelled, ...outside].map(({ intent }, index) => ({ intent, logits: logits[index]! }));
      const calibration = calibrateIntents(labels, scored);
      const baseline = intentBaseline(labels, scored, calibration);
      return writeIntentBundle(output, {
        ...weights,
        manifest: {
          ...{ createdBy, task: 'intents', base, prompt, labels },
          calibration,
          training: { ...trained, loss: 'choices' },
          ...(baseline === undefined ? {} : { baseline }),
        },
      });
    },
  };
}
