import type { Example } from '@tooltune/sdk';
import type { ApproachAnswer, MeasuredApproach } from '@tooltune/sdk/advise';
import type { TrainingEvent } from '@tooltune/trainer';

/** Something that is asked held-out rows. */
export interface Asker {
  /** @throws what the model throws; the signal's reason */
  ask(example: Example, signal: AbortSignal): Promise<ApproachAnswer>;
  dispose(): Promise<void>;
}

/** A way to get answers; opened only when it is its turn. */
export interface Approach extends Pick<MeasuredApproach, 'name' | 'kind'> {
  open(): Promise<Asker>;
}

/** One training. */
export interface TrainingRequest {
  rows: readonly Example[];
  epochs: number;
  /** Folder of the adapter. */
  output: string;
  signal: AbortSignal;
  onEvent: (event: TrainingEvent) => void;
}

/** What is different between calling tools and naming intents. */
export interface AdviceTask {
  task: 'tools' | 'intents';
  /** Ways without training, the cheapest first. */
  prompted: readonly Approach[];
  train(request: TrainingRequest): Promise<void>;
  openAdapter(folder: string): Promise<Asker>;
  /** With similar rows in its prompt, where that can be. */
  openAdapterWithExamples?: ((folder: string) => Promise<Asker>) | undefined;
}

/** What both tasks need. */
export interface AdviceTaskOptions {
  basePath: string;
  baseId: string;
  /** Rows to learn from and to show. */
  training: readonly Example[];
  /** How many rows are shown in a prompt. */
  examples: number;
  seed: number;
  threads: number | undefined;
}
