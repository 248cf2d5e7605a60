import { join } from 'node:path';
import type { TrainedAdapter, TrainedIntentAdapter, TrainingEvent } from '@tooltune/trainer';
import { quoteArgument } from '../quote-argument.js';
import {
  createProgress,
  formatBytes,
  formatCount,
  formatSeconds,
  formatShare,
  formatTable,
  silentProgress,
  type Terminal,
} from '../terminal/index.js';

/** Shows a training run, and keeps what is told at its end. */
export interface TrainingView {
  show(event: TrainingEvent): void;
  stop(): void;
  readonly state: {
    checkpoint?: { file: string; step: number };
    finish?: Extract<TrainingEvent, { type: 'finish' }>;
    /** All that came, the last one last. */
    validations: Extract<TrainingEvent, { type: 'validation' }>['validation'][];
  };
}

/** A step's loss weighs this much in the loss that is shown; at the beginning that is the mean of the steps so far. */
const smoothing = 0.1;

/** What a validation row is that the model gets right. */
const rightRow = { tools: 'right to the letter', intents: 'right', preferences: 'preferred more than before' } as const;

export function createTrainingView(
  terminal: Terminal,
  title: string,
  { silent, task = 'tools' }: { silent: boolean; task?: keyof typeof rightRow },
): TrainingView {
  const progress = silent ? silentProgress : createProgress(terminal.notices, title);
  const state: TrainingView['state'] = { validations: [] };
  let smoothedLoss = 0;
  let shownSteps = 0;
  return {
    state,
    stop: () => progress.stop(),
    show(event) {
      switch (event.type) {
        case 'start':
          progress.note(describeStart(event));
          break;
        case 'step': {
          shownSteps++;
          smoothedLoss += Math.max(smoothing, 1 / shownSteps) * (event.loss - smoothedLoss);
          progress.update(
            event.step / event.steps,
            `epoch ${event.epoch}, step ${event.step}/${event.steps}, loss ${smoothedLoss.toFixed(3)}, ` +
              `${Math.round(event.tokensPerSecond)} tokens/s, ${formatSeconds(event.secondsLeft)} left`,
          );
          break;
        }
        case 'epoch': {
          const held =
            event.validation === null
              ? ''
              : `, validation loss ${event.validation.loss.toFixed(3)}, ` +
                `${rightRow[task]} ${formatShare(event.validation.exact)}`;
          progress.note(`epoch ${event.epoch}/${event.epochs}: loss ${event.trainLoss.toFixed(3)}${held}`);
          break;
        }
        case 'validation':
          state.validations.push(event.validation);
          break;
        case 'checkpoint':
          state.checkpoint = { file: event.file, step: event.step };
          break;
        case 'finish':
          state.finish = event;
          break;
      }
    },
  };
}

function describeReplay({ examples, skipped }: { examples: number; skipped: number }): string {
  const leftOut = skipped === 0 ? '' : ` (${skipped} left out, too long for this model)`;
  return `${formatCount(examples, 'general row')}${leftOut}`;
}

function describeStart(event: Extract<TrainingEvent, { type: 'start' }>): string {
  const {
    device,
    examples,
    replay,
    validationExamples,
    tokens,
    labelTokens,
    trainableParameters,
    steps,
    resumedSteps,
  } = event;
  const parts = [
    formatCount(examples, 'row'),
    ...(replay === undefined ? [] : [describeReplay(replay)]),
    ...(validationExamples > 0 ? [formatCount(validationExamples, 'validation row')] : []),
    `${formatCount(tokens, 'token')} an epoch (${labelTokens.toLocaleString('en-US')} to learn)`,
    `${(trainableParameters / 1e6).toFixed(1)}M trainable parameters`,
    formatCount(steps, 'step'),
    ...(device === 'cpu' ? [] : [`on ${device}`]),
    ...(resumedSteps > 0 ? [`going on after step ${resumedSteps}`] : []),
  ];
  return parts.join(', ');
}

function describeForgetting({ before, after }: { before: number; after: number }): string {
  const change = (after / before - 1) * 100;
  return `loss ${before.toFixed(2)} → ${after.toFixed(2)} (${change < 0 ? '' : '+'}${change.toFixed(1)}%)`;
}

/** What is told when a run is done: the adapter, its losses, what it took, and what to do next. */
export function formatTrainingSummary(
  manifest: (TrainedAdapter | TrainedIntentAdapter)['manifest'],
  { state }: TrainingView,
  options: { out: string; data: readonly string[]; validation?: string; report?: boolean },
): string {
  const { training } = manifest;
  const task = training.preferences === undefined ? (manifest.task ?? 'tools') : 'preferences';
  const { finish } = state;
  const { validationLoss } = training;
  // Of the state that was kept; one from before the run was stopped and resumed is not among them.
  const kept = state.validations.findLast(({ loss }) => loss === validationLoss);
  const grounding = manifest.task === 'intents' ? {} : manifest.grounding;
  const grounded = Object.values(grounding).reduce((sum, names) => sum + Object.keys(names).length, 0);
  const out = quoteArgument(options.out);
  const served = manifest.lora?.dora === true ? quoteArgument(`${options.out}-merged`) : out;
  const rows = [
    [manifest.model === undefined ? 'adapter' : 'whole model', options.out],
    ['loss', `${training.trainLoss.toFixed(3)} nats a ${task === 'preferences' ? 'pair' : 'label token'}, last epoch`],
    ...(validationLoss == null
      ? []
      : [
          [
            'validation',
            `loss ${validationLoss.toFixed(3)}${kept === undefined ? '' : `, ${rightRow[task]} ${formatShare(kept.exact)}`}`,
          ],
        ]),
    ...(manifest.task === 'intents' ? [['intents', describeIntents(manifest)]] : []),
    ...(training.forgetting === undefined
      ? []
      : [
          ['general text', describeForgetting(training.forgetting.text)],
          ['general answers', describeForgetting(training.forgetting.questions)],
        ]),
    ...(grounded === 0 ? [] : [['copied', `${formatCount(grounded, 'argument')} always copied from the request`]]),
    ...(finish === undefined
      ? []
      : [
          ['time', formatSeconds(finish.seconds)],
          ['peak memory', formatBytes(finish.peakResidentBytes)],
        ]),
    ...(options.report === true ? [['report', join(options.out, 'report.html')]] : []),
  ];
  return [
    '',
    formatTable([{ title: 'done' }, { title: '' }], rows),
    '',
    'Next:',
    // llama.cpp cannot load DoRA.
    ...(served === out ? [] : [`  tooltune export ${out} --merge --to bundle --out ${served}`]),
    `  tooltune eval ${served} --data ${quoteArgument(options.validation ?? 'held-out.jsonl')}`,
    `  tooltune run ${served} "a request"`,
  ].join('\n');
}

function describeIntents({ kind, labels, calibration }: TrainedIntentAdapter['manifest']): string {
  const { temperature, rows, threshold, labelThresholds = [] } = calibration;
  const fitted = rows === 0 ? 'not calibrated: no validation row' : `temperature ${temperature.toFixed(2)}`;
  if (kind === 'ordinal') return `${formatCount(labels.length, 'level')} of a score, ${fitted}`;
  if (kind === 'multi') {
    return [
      `any of ${formatCount(labels.length - 1, 'intent')}`,
      fitted,
      threshold === null ? 'named from 0.5' : `named from ${threshold.value.toFixed(3)}`,
      ...(labelThresholds.length === 0 ? [] : [`${labelThresholds.length} with a threshold of their own`]),
    ].join(', ');
  }
  const intents = labels.filter(({ intent }) => intent !== null).length;
  return [
    formatCount(intents, 'intent'),
    ...(intents < labels.length ? ['out of scope'] : []),
    fitted,
    ...(threshold === null ? [] : [`abstains below ${threshold.value.toFixed(3)}`]),
  ].join(', ');
}
