import {
  type ConversationExample,
  createModelPrompting,
  type Example,
  inferGrounding,
  type PromptFormat,
  TooltuneError,
} from '@tooltune/sdk';
import { manifestPrompt } from '../../adapter/manifest-prompt.js';
import { writeAdapterBundle } from '../../adapter/write-bundle.js';
import { type BadRow, refuseBadRows } from '../bad-rows.js';
import { createGeneralRenderer } from '../general-examples.js';
import { defaultHyperparameters, type Hyperparameters } from '../hyperparameters.js';
import { renderExamples } from '../render-examples.js';
import { startingGrounding, startingPromptFormat } from '../starting-point.js';
import type { TrainAdapterOptions, TrainedAdapter } from '../train-adapter.js';
import type { TrainingOptions } from '../training-options.js';
import { type PreparedTraining, runTraining, type TrainingContext } from '../training-run.js';
import { type Preference, preferenceObjective } from './preference-objective.js';
import { referenceMargins } from './reference-margins.js';

export interface TrainPreferenceAdapterOptions
  extends Omit<TrainingOptions, 'hyperparameters'>,
    Pick<TrainAdapterOptions, 'toolset' | 'promptFormat' | 'forgetting'> {
  /** Rows with a worse answer (`rejected`) beside the one that is preferred. */
  training: readonly Example[];
  /** Such rows whose loss is told after each epoch; never learnt from. */
  validation?: readonly Example[];
  /** How much a difference in log-likelihood counts: the smaller, the further from the reference. Default 0.1. */
  beta?: number;
  /** Weight of the preferred answers' own loss beside that of the pairs; 0: none. Default 0.2. */
  rpoAlpha?: number;
  hyperparameters?: Partial<Omit<Hyperparameters, 'valueExchange' | 'replay'>>;
}

/** Where trainPreferenceAdapter's differ from trainAdapter's: an adapter that calls tools already is changed a little. */
export const defaultPreferenceHyperparameters: Hyperparameters = {
  ...defaultHyperparameters,
  epochs: 1,
  batchSize: 8,
  learningRate: 1e-4,
  valueExchange: 0,
  replay: 0,
};

/**
 * Fine-tunes a LoRA adapter on pairs of a better and a worse answer (direct preference optimisation, Rafailov et al. 2023),
 * and writes its bundle. The reference is what training goes on from: the adapter `start`, or the base. Losses are means
 * over pairs; a validation's `exact` is the share of pairs whose preferred answer became likelier, against the other, than
 * the reference has it.
 *
 * Throws what runTraining throws.
 */
export async function trainPreferenceAdapter(options: TrainPreferenceAdapterOptions): Promise<TrainedAdapter> {
  const hyperparameters = { ...defaultPreferenceHyperparameters, ...options.hyperparameters };
  if (hyperparameters.labelSmoothing !== 0) {
    throw new TooltuneError('training/bad-option', 'labelSmoothing is not for preferences: it must be 0');
  }
  const { beta = 0.1, rpoAlpha = 0.2 } = options;
  if (!(beta > 0 && Number.isFinite(beta))) {
    throw new TooltuneError('training/bad-option', `beta must be above 0, it is ${beta}`);
  }
  if (!(rpoAlpha >= 0 && Number.isFinite(rpoAlpha))) {
    throw new TooltuneError('training/bad-option', `rpoAlpha must be at least 0, it is ${rpoAlpha}`);
  }
  return runTraining({ ...options, hyperparameters }, async (context) =>
    prepareTraining({ ...options, beta, rpoAlpha }, context),
  );
}

function prepareTraining(
  options: TrainPreferenceAdapterOptions & { beta: number; rpoAlpha: number },
  { file, config, start }: TrainingContext,
): PreparedTraining<Preference, TrainedAdapter['manifest']> {
  const { toolset, beta, rpoAlpha } = options;
  const promptFormat: PromptFormat = { ...startingPromptFormat(start), ...options.promptFormat };
  const { tokenizer, chatTemplate, renderer } = createModelPrompting(file.metadata, { format: promptFormat, toolset });
  const render = (examples: readonly Example[]): Preference[] => {
    const rows = preferenceRows(examples).map(lastTurnOnly);
    const preferred = renderExamples(rows, renderer, config.contextLength);
    const others = renderExamples(rows.map(rejectedOf), renderer, config.contextLength);
    return preferred.map((example, index) => ({ preferred: example, other: others[index]! }));
  };
  const training = render(options.training);
  const validation = render(options.validation ?? []);
  const prompt = manifestPrompt(promptFormat, { chatTemplate, tokenizer });
  return {
    rows: training,
    rowsOf: () => training,
    ownRows: training.length,
    validation,
    examplesOf: ({ preferred, other }) => [preferred, other],
    others: [],
    identity: { toolset: toolset.fingerprint, prompt, beta, rpoAlpha },
    general: options.forgetting === false ? undefined : createGeneralRenderer(file.metadata),
    graph: { preferenceBeta: beta },
    objective: async ({ passes, initial, maxTokensPerPass, signal }) => {
      const reference = { passes, parameters: initial, maxTokensPerPass, signal };
      return preferenceObjective({
        referenceMargins: await referenceMargins([...training, ...validation], reference),
        rpoAlpha,
      });
    },
    finish: (_run, { training: trained, base, createdBy, ...weights }) =>
      writeAdapterBundle(options.output, {
        ...weights,
        toolset,
        manifest: {
          ...{ createdBy, base, prompt },
          grounding: startingGrounding(start) ?? inferGrounding(options.training, toolset),
          training: { ...trained, loss: 'all', preferences: { beta, rpoAlpha } },
          // Pairs are what went wrong, and tell nothing of what is usual.
          ...(start.manifest?.baseline === undefined ? {} : { baseline: start.manifest.baseline }),
        },
      }),
  };
}

type PreferenceRow = ConversationExample & Required<Pick<ConversationExample, 'rejected'>>;

/** The rows, if all have a worse answer. Throws `training/bad-rows`. */
function preferenceRows(examples: readonly Example[]): PreferenceRow[] {
  const problems: BadRow[] = examples
    .filter((example) => example.kind !== 'conversation' || example.rejected === undefined)
    .map(({ location }) => ({ location, message: 'no "rejected" answer to learn a preference from' }));
  refuseBadRows(problems, examples.length);
  return examples as PreferenceRow[];
}

/** Earlier turns of the assistant are context: only what the two answers differ in is compared. */
function lastTurnOnly(example: PreferenceRow): PreferenceRow {
  const messages = example.messages.map((message, index) =>
    message.role === 'assistant' && index < example.messages.length - 1 ? { ...message, weight: 0 as const } : message,
  );
  return { ...example, messages };
}

/** The other answer, as if it were the row's: that it is not to be imitated (weight 0) does not make it less of one. */
function rejectedOf({ messages, rejected, ...example }: PreferenceRow): ConversationExample {
  const { weight: _weight, ...answer } = rejected;
  return { ...example, messages: [...messages.slice(0, -1), answer] };
}
