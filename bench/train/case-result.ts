import type { CaseShape } from './case-folder.js';
import type { GradientDifferences } from './compare-gradients.js';
import type { CaseName } from './training-case.js';
import type { Variant } from './training-options.js';
import type { StepMessage } from './turns.js';

export const peerName = 'PEFT';

export const variantNames: Readonly<Record<Variant, string>> = {
  lora: 'LoRA',
  qlora: 'QLoRA',
  'qlora-checkpointing': 'QLoRA, checkpointing',
};

/** What one process did with a case. */
export interface ParticipantResult {
  name: string;
  /** In the order of the steps. */
  steps: Omit<StepMessage, 'type' | 'peakBytes'>[];
  /** Largest resident memory of the whole process, and of its start before the first step. */
  peakBytes: number;
  loadedPeakBytes: number;
}

/** One case, by all participants. */
export interface CaseResult {
  name: CaseName;
  title: string;
  maxTokensPerPass: number;
  peerRows: number;
  shape: CaseShape;
  /** Rows, and tokens as rendered, of each step. */
  rowsOfSteps: number[];
  tokensOfSteps: number[];
  participants: ParticipantResult[];
  /** By participant; empty without a peer. */
  gradients: Record<string, GradientDifferences>;
}

export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** What is printed of a participant. */
export interface ParticipantSummary {
  name: string;
  examplesPerSecond: Spread;
  tokensPerSecond: Spread;
  peakBytes: number;
  /** null without a peer. */
  gradients: GradientDifferences | null;
  /** Beside the peer; absent for itself and without one. */
  comparison?: PeerComparison;
}

export interface PeerComparison {
  /** The peer's seconds by ours, step by step. */
  ratio: Spread;
  /** The same of the time that all threads had a processor. */
  processorRatio: Spread;
  /** Our peak memory as a part of the peer's. */
  memory: number;
  /** Largest difference of the losses of a step, in nats: of the first steps, and of all. */
  firstLosses: number;
  allLosses: number;
}

/** Steps whose losses must agree: later on rounding has been multiplied by what the optimiser makes of it. */
export const firstSteps = 3;

/** The first step is left out of all times: what is allocated once is allocated then. */
export function summarise({ participants, rowsOfSteps, tokensOfSteps, gradients }: CaseResult): ParticipantSummary[] {
  const peer = participants.find(({ name }) => name === peerName);
  return participants.map((participant) => {
    const { name, steps, peakBytes } = participant;
    const perSecond = (counts: readonly number[]) =>
      spreadOf(timed(steps.map(({ seconds }, at) => counts[at]! / seconds)));
    return {
      name,
      examplesPerSecond: perSecond(rowsOfSteps),
      tokensPerSecond: perSecond(tokensOfSteps),
      peakBytes,
      gradients: gradients[name] ?? null,
      ...(peer === undefined || peer === participant ? {} : { comparison: compare(participant, peer) }),
    };
  });
}

function compare(ours: ParticipantResult, peer: ParticipantResult): PeerComparison {
  const ratios = (time: 'seconds' | 'processorSeconds') =>
    spreadOf(timed(ours.steps.map((step, at) => peer.steps[at]![time] / step[time])));
  const losses = ours.steps.map(({ loss }, at) => Math.abs(loss - peer.steps[at]!.loss));
  return {
    ratio: ratios('seconds'),
    processorRatio: ratios('processorSeconds'),
    memory: ours.peakBytes / peer.peakBytes,
    firstLosses: Math.max(...losses.slice(0, firstSteps)),
    allLosses: Math.max(...losses),
  };
}

function timed(values: readonly number[]): readonly number[] {
  return values.length > 1 ? values.slice(1) : values;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}
