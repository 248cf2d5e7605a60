import { join } from 'node:path';
import { type Example, TooltuneError } from '@tooltune/sdk';
import type { ApproachAnswer, MeasuredApproach } from '@tooltune/sdk/advise';
import type { TrainingEvent } from '@tooltune/trainer';
import type { AdviceTask, Approach, Asker } from './advice-task.js';
import { epochsFor, firstSize, furtherSizes } from './training-plan.js';

/** What is going on, in the order that it happens. */
export type AdviceEvent =
  | { type: 'asking'; name: string; done: number; total: number; right: number }
  | { type: 'training'; name: string; event: TrainingEvent }
  | { type: 'measured'; approach: MeasuredApproach }
  | { type: 'skipped'; name: string; reason: string };

export interface MeasureAdviceOptions {
  task: AdviceTask;
  /** In the order in which smaller samples are taken from the beginning. */
  training: readonly Example[];
  heldOut: readonly Example[];
  /** Seconds that all may take. */
  seconds: number;
  /** Sizes of the trainings. Default: what fits into the time. */
  sizes?: readonly number[] | undefined;
  /** Epochs of every training. Default: three, and more for few rows. */
  epochs?: number | undefined;
  /** Where the adapters are written. */
  folder: string;
  /** Ends it: what was measured until then is given. */
  signal: AbortSignal;
  onEvent: (event: AdviceEvent) => void;
}

export interface MeasuredAdvice {
  approaches: MeasuredApproach[];
  skipped: { name: string; reason: string }[];
  seconds: number;
  interrupted: boolean;
}

/** Of all time, how much is for the ways without training. */
const promptingShare = 0.3;
/** What a training may take beyond what was planned before it is given up. */
const patience = 1.5;

/**
 * Measures every way on the same rows in the same order, within the time: first those without training, then adapters that
 * learnt from more and more rows. What does not fit is left out and says so.
 * @throws what a model or a training throws, where that is neither time nor the length of prompts
 */
export async function measureAdvice(options: MeasureAdviceOptions): Promise<MeasuredAdvice> {
  return new AdviceMeasurement(options).run();
}

class AdviceMeasurement {
  readonly #options: MeasureAdviceOptions;
  readonly #started = performance.now();
  readonly #approaches: MeasuredApproach[] = [];
  readonly #skipped: MeasuredAdvice['skipped'] = [];

  constructor(options: MeasureAdviceOptions) {
    this.#options = options;
  }

  async run(): Promise<MeasuredAdvice> {
    const { task, signal, seconds } = this.#options;
    for (const [index, approach] of task.prompted.entries()) {
      if (signal.aborted) break;
      // What one of them leaves is for the others.
      const share = (promptingShare * seconds - this.#elapsed) / (task.prompted.length - index);
      await this.#measure(approach, { seconds: share });
    }
    await this.#trainSizes();
    return {
      approaches: this.#approaches,
      skipped: this.#skipped,
      seconds: this.#elapsed,
      interrupted: signal.aborted,
    };
  }

  get #elapsed(): number {
    return (performance.now() - this.#started) / 1000;
  }

  get #left(): number {
    return this.#options.seconds - this.#elapsed;
  }

  async #trainSizes(): Promise<void> {
    const { training, sizes, signal, seconds } = this.#options;
    const [first = firstSize(training.length), ...given] = [...(sizes ?? [])].sort((a, b) => a - b);
    const start = this.#elapsed;
    // Prompts that took longer than their share must not leave the question unanswered.
    const measured = await this.#trainAndMeasure(first, Math.max(this.#left, seconds / 2));
    if (measured === undefined) return;
    const passSeconds = measured.trainingSeconds! / (first * this.#epochsOf(first));
    const measureSeconds = Math.max(0, this.#elapsed - start - measured.trainingSeconds!);
    const plan = { seconds: this.#left, passSeconds, measureSeconds };
    const further = sizes === undefined ? furtherSizes({ first, rows: training.length }, plan) : given;
    for (const size of further) {
      if (signal.aborted) break;
      const planned = size * this.#epochsOf(size) * passSeconds + measureSeconds;
      if (planned > this.#left)
        this.#skip(nameOfSize(size), `would take about ${minutes(planned)}; --minutes gives more time`);
      // Time that is up for one size is up for larger ones.
      else if ((await this.#trainAndMeasure(size, this.#mostSeconds(planned))) === undefined) break;
    }
    if (sizes === undefined && further.at(-1) !== training.length && first !== training.length && !signal.aborted) {
      const needed = training.length * this.#epochsOf(training.length) * passSeconds + measureSeconds;
      this.#skip(nameOfSize(training.length), `would take about ${minutes(needed)} more; --minutes gives more time`);
    }
    await this.#measureWithExamples();
  }

  /** What a training that was planned may take before it is given up. */
  #mostSeconds(planned: number): number {
    const patient = patience * planned;
    return Math.min(Math.max(patient, planned + 10), Math.max(patient, this.#left));
  }

  #epochsOf(rows: number): number {
    return this.#options.epochs ?? epochsFor(rows);
  }

  #folderOf(size: number): string {
    return join(this.#options.folder, `rows-${size}`);
  }

  /** undefined where time was up, or it was stopped. */
  async #trainAndMeasure(size: number, mostSeconds: number): Promise<MeasuredApproach | undefined> {
    const { task, training, signal: stop, onEvent } = this.#options;
    const name = nameOfSize(size);
    const timeIsUp = AbortSignal.timeout(Math.max(1, Math.ceil(1000 * mostSeconds)));
    const signal = AbortSignal.any([stop, timeIsUp]);
    const started = performance.now();
    const output = this.#folderOf(size);
    try {
      signal.throwIfAborted();
      await task.train({
        ...{ rows: training.slice(0, size), epochs: this.#epochsOf(size), output, signal },
        onEvent: (event) => onEvent({ type: 'training', name, event }),
      });
    } catch (error) {
      if (stop.aborted) return undefined;
      if (!timeIsUp.aborted) throw error;
      this.#skip(name, 'time was up; --minutes gives more');
      return undefined;
    }
    const trainingSeconds = (performance.now() - started) / 1000;
    const approach: Approach = { name, kind: 'fine-tuning', open: () => task.openAdapter(output) };
    // It is trained already: measuring it is never left out for time.
    return this.#measure(approach, { trainingRows: size, trainingSeconds });
  }

  /** The adapter that learnt from the most rows, with similar ones in its prompt. */
  async #measureWithExamples(): Promise<void> {
    const { task, signal } = this.#options;
    const largest = this.#approaches.findLast(({ kind }) => kind === 'fine-tuning');
    const open = task.openAdapterWithExamples;
    if (largest === undefined || open === undefined || signal.aborted || this.#left <= 0) return;
    const rows = largest.trainingRows!;
    const folder = this.#folderOf(rows);
    await this.#measure(
      { name: `${largest.name} + retrieval`, kind: 'fine-tuning+retrieval', open: () => open(folder) },
      { seconds: this.#left, trainingRows: rows },
    );
  }

  /** Asks the held-out rows until time is up or it is stopped; what was answered by then counts. */
  async #measure(
    { name, kind, open }: Approach,
    {
      seconds = Number.POSITIVE_INFINITY,
      trainingRows = null,
      trainingSeconds = null,
    }: {
      seconds?: number;
      trainingRows?: number | null;
      trainingSeconds?: number | null;
    },
  ): Promise<MeasuredApproach | undefined> {
    const answers = await this.#open(name, open, (asker) => this.#ask(name, asker, seconds));
    if (answers === undefined || answers.length === 0) return undefined;
    const approach = { name, kind, trainingRows, trainingSeconds, answers };
    this.#approaches.push(approach);
    this.#options.onEvent({ type: 'measured', approach });
    return approach;
  }

  async #open(
    name: string,
    open: Approach['open'],
    use: (asker: Asker) => Promise<ApproachAnswer[]>,
  ): Promise<ApproachAnswer[] | undefined> {
    try {
      const asker = await open();
      try {
        return await use(asker);
      } finally {
        await asker.dispose();
      }
    } catch (error) {
      // A way that this data or this model does not allow is no reason to give up the others.
      if (!TooltuneError.isInstance(error) || !unusable.includes(error.code)) throw error;
      this.#skip(name, error.message);
      return undefined;
    }
  }

  async #ask(name: string, asker: Asker, seconds: number): Promise<ApproachAnswer[]> {
    const { heldOut, signal, onEvent } = this.#options;
    const until = performance.now() + 1000 * seconds;
    const answers: ApproachAnswer[] = [];
    let right = 0;
    for (const example of heldOut) {
      if (signal.aborted || (answers.length > 0 && performance.now() >= until)) break;
      try {
        const answer = await asker.ask(example, signal);
        answers.push(answer);
        if (answer.right) right++;
      } catch (error) {
        if (signal.aborted) break;
        throw error;
      }
      onEvent({ type: 'asking', name, done: answers.length, total: heldOut.length, right });
    }
    return answers;
  }

  #skip(name: string, reason: string): void {
    this.#skipped.push({ name, reason });
    this.#options.onEvent({ type: 'skipped', name, reason });
  }
}

/** The prompt does not fit, or there is no row that can be shown. */
const unusable = ['engine/context-full', 'evaluate/no-shots'];

function nameOfSize(rows: number): string {
  return `fine-tuned, ${rows.toLocaleString('en-US')} rows`;
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} minutes`;
}
