import {
  type AdapterTraining,
  createModelPrompting,
  type Example,
  inferGrounding,
  type PromptFormat,
  type ToolAdapterManifest,
  type Toolset,
} from '@tooltune/sdk';
import { toolBaseline } from '@tooltune/sdk/drift';
import { manifestPrompt } from '../adapter/manifest-prompt.js';
import { writeAdapterBundle } from '../adapter/write-bundle.js';
import { readReplayRows } from '../general-data.js';
import { type CreateAnswerConstraints, LabelConstrainer } from './constrained-labels.js';
import { createGeneralRenderer } from './general-examples.js';
import { imitation } from './objective.js';
import { renderExamples } from './render-examples.js';
import { createReplay } from './replay.js';
import { startingPromptFormat } from './starting-point.js';
import { examplesSha256, type TrainingExample } from './training-example.js';
import type { TrainingOptions } from './training-options.js';
import { type PreparedTraining, runTraining, type TrainingContext } from './training-run.js';
import { createValueExchange } from './value-exchange.js';

export interface TrainAdapterOptions extends TrainingOptions {
  toolset: Toolset;
  /** Rows to learn from. */
  training: readonly Example[];
  /** Rows whose loss is reported after each epoch; never learnt from. */
  validation?: readonly Example[];
  /** General rows to draw from where `hyperparameters.replay` asks for some. Default: those of this package. */
  replayRows?: readonly Example[];
  /** Measures how well general texts and questions are predicted, before training and after. Default true. */
  forgetting?: boolean;
  /** What is not given is as in the adapter that is gone on from, or `defaultPromptFormat`. */
  promptFormat?: Partial<PromptFormat>;
  /**
   * What constrains answers in serving. With it the loss is on what is left to decide: a forced token carries none, and
   * where few tokens may come it is over these alone. Without it the loss is on all that the assistant says.
   */
  constraints?: CreateAnswerConstraints;
}

export interface TrainedAdapter {
  folder: string;
  manifest: ToolAdapterManifest & { training: AdapterTraining };
}

/**
 * Fine-tunes a LoRA adapter on this machine and writes its bundle.
 *
 * Loss is taken on what the assistant says, end-of-turn included. Throws what runTraining throws.
 */
export async function trainAdapter(options: TrainAdapterOptions): Promise<TrainedAdapter> {
  return runTraining(options, (context) => prepareTraining(options, context));
}

async function prepareTraining(
  options: TrainAdapterOptions,
  { file, config, hyperparameters, random, start }: TrainingContext,
): Promise<PreparedTraining<TrainingExample, TrainedAdapter['manifest']>> {
  const { toolset } = options;
  const promptFormat: PromptFormat = { ...startingPromptFormat(start), ...options.promptFormat };
  const { tokenizer, chatTemplate, renderer } = createModelPrompting(file.metadata, { format: promptFormat, toolset });
  const grounding = inferGrounding(options.training, toolset);
  const constrainer =
    options.constraints === undefined
      ? undefined
      : new LabelConstrainer(options.constraints({ toolset, tokenizer, grounding }), tokenizer);
  const render = (examples: readonly Example[], maxTokens = config.contextLength) =>
    renderExamples(examples, renderer, maxTokens, constrainer);
  const training = render(options.training);
  const validation = render(options.validation ?? []);
  const prompt = manifestPrompt(promptFormat, { chatTemplate, tokenizer });
  const baseline = toolBaseline(options.training);

  const general = createGeneralRenderer(file.metadata);
  const replayRows = hyperparameters.replay === 0 ? [] : (options.replayRows ?? (await readReplayRows()));
  const replayable = general.conversations(replayRows, config.contextLength);
  const replay = createReplay(hyperparameters.replay, replayable.examples, { learnt: training.length, random });

  const exchange = createValueExchange(options.training, grounding);
  const longest = Math.max(...training.map(({ tokens }) => tokens.length));
  const exchanged = (epoch: number) =>
    exchange.draw(hyperparameters.valueExchange, random.fork(`values-${epoch}`)).map((example, index) => {
      if (example === options.training[index]) return training[index]!;
      const [rendered] = render([example], Number.POSITIVE_INFINITY);
      // What memory and rotary tables were planned for is not exceeded.
      return rendered!.tokens.length <= longest ? rendered! : training[index]!;
    });

  return {
    rows: training.length === 0 ? [] : [...training, ...replay.draw(1)],
    rowsOf: (epoch) => [...exchanged(epoch), ...replay.draw(epoch)],
    ownRows: training.length,
    validation,
    examplesOf: (example) => [example],
    others: replayable.examples,
    identity: {
      toolset: toolset.fingerprint,
      prompt,
      replayRows: examplesSha256(replayable.examples),
      constrained: constrainer !== undefined,
    },
    ...(replay.perEpoch > 0 ? { replay: { examples: replay.perEpoch, skipped: replayable.skipped } } : {}),
    general: options.forgetting === false ? undefined : general,
    objective: () => imitation(replay.rows),
    finish: (_run, { training: trained, base, createdBy, ...weights }) =>
      writeAdapterBundle(options.output, {
        ...weights,
        toolset,
        manifest: {
          ...{ createdBy, base, prompt, grounding },
          training: {
            ...trained,
            valueExchange: hyperparameters.valueExchange,
            replay: hyperparameters.replay,
            loss: constrainer === undefined ? 'all' : 'choices',
          },
          ...(baseline === undefined ? {} : { baseline }),
        },
      }),
  };
}
