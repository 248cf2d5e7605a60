import type { FeedbackRecord, RecordedCorrection, RuntimeRecord } from '@tooltune/sdk';
import { DriftMonitor, type DriftMonitorOptions, type DriftReport, observationOf } from '@tooltune/sdk/drift';
import { hasFailed } from '@tooltune/sdk/harvest';
import { RecordRedactor, type RedactionOptions } from './record-redactor.js';
import type { RecordSink } from './record-sink.js';

export interface RecorderOptions {
  sink: RecordSink;
  /** What is replaced before records leave this process; false: nothing. Default: personal data and secrets. */
  redact?: RedactionOptions | false | undefined;
  /**
   * Share of the requests that is recorded, from 0 to 1. Errors are recorded always, and so are requests
   * that there is feedback on soon. Default 1.
   */
  sample?: number | undefined;
  /** Draws from 0 to 1 for sampling. Default Math.random. */
  random?: (() => number) | undefined;
  /** Most records that wait for the sink; further ones are dropped and counted. Default 10,000. */
  maxQueue?: number | undefined;
  /** Milliseconds between two looks at what waits. Default 1000. */
  flushIntervalMs?: number | undefined;
  /** Looks at the last requests, recorded or not, and tells when retraining is due. */
  drift?: DriftMonitorOptions | undefined;
  /** Told of what fails: a batch that the sink did not take, a redaction rule, `onDrift`. Nothing else sees it. */
  onError?: ((error: unknown) => void) | undefined;
}

/** What became of the records so far. */
export interface RecorderStatistics {
  /** Waiting for the sink. */
  queued: number;
  written: number;
  /** Not taken in since too many waited. */
  dropped: number;
  /** Given up: the sink failed three times in a row on their batch, or a redaction rule failed on them. */
  failed: number;
  /** Left out by sampling. */
  sampledOut: number;
}

/** What may be said of an answer. */
export interface Feedback {
  rating?: 'up' | 'down' | undefined;
  /** The right answer: the calls, with words where there are some, or the intent (null: out of scope), intents or score. */
  correction?: RecordedCorrection | undefined;
  comment?: string | undefined;
}

const batchSize = 200;
const mostTries = 3;
/** Milliseconds after which requests come first again. */
const longestStretch = 2;
/** Requests that sampling left out and that feedback may still bring back. */
const heldBack = 1000;

/**
 * Takes records in at no cost to the request, and hands them to a sink in the background: redacted, sampled, in batches. It
 * never throws and never waits; what does not fit is dropped and counted.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #redactor: RecordRedactor | undefined;
  readonly #drift: DriftMonitor | undefined;
  readonly #queue: RuntimeRecord[] = [];
  readonly #sampledOut = new Map<string, RuntimeRecord>();
  readonly #counts = { written: 0, dropped: 0, failed: 0, sampledOut: 0 };
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  /** Being written; among those that wait. */
  #underWay = 0;
  #isClosed = false;

  /** @throws RangeError for a sample that is no share, or a queue without room */
  constructor(options: RecorderOptions) {
    const { sample = 1, maxQueue = 10_000, redact = {}, drift } = options;
    if (!(sample >= 0 && sample <= 1)) throw new RangeError(`sample must be from 0 to 1, not ${sample}`);
    if (!(maxQueue >= 1)) throw new RangeError(`maxQueue must be at least 1, not ${maxQueue}`);
    this.#options = options;
    this.#redactor = redact === false ? undefined : new RecordRedactor(redact);
    this.#drift = drift === undefined ? undefined : new DriftMonitor(drift);
  }

  get statistics(): RecorderStatistics {
    return { queued: this.#queue.length + this.#underWay, ...this.#counts };
  }

  /** How the last requests compare with the baseline; undefined where drift is not looked for. */
  driftReport(): DriftReport | undefined {
    return this.#drift?.report();
  }

  /** Takes in a request. It must not be changed afterwards. */
  record(record: Exclude<RuntimeRecord, FeedbackRecord>): void {
    this.#watchDrift(record);
    const { sample = 1, random = Math.random } = this.#options;
    if (sample < 1 && !hasFailed(record)) {
      if (random() >= sample) {
        this.#counts.sampledOut++;
        this.#holdBack({ ...record, weight: 0 });
        return;
      }
      this.#enqueue({ ...record, weight: 1 / sample });
      return;
    }
    this.#enqueue(record);
  }

  /**
   * Takes in what somebody said of an answer, under the id of its request. Says nothing of whether there was such a
   * request: it may have been recorded by another process.
   * @throws RangeError for a correction without calls, intent, intents and score
   */
  feedback(id: string, { rating, correction, comment }: Feedback): void {
    const right = ['calls', 'intent', 'intents', 'score'] as const;
    if (correction !== undefined && right.every((what) => correction[what] === undefined)) {
      throw new RangeError('a correction needs calls, an intent, intents or a score');
    }
    if (rating === undefined && correction === undefined && comment === undefined) return;
    const request = this.#sampledOut.get(id);
    if (request !== undefined) {
      this.#sampledOut.delete(id);
      this.#enqueue(request);
    }
    this.#enqueue({
      ...{ type: 'feedback', id, time: new Date().toISOString() },
      ...(rating === undefined ? {} : { rating }),
      ...(correction === undefined ? {} : { correction: structuredClone(correction) }),
      ...(comment === undefined ? {} : { comment }),
    });
  }

  /** Waits until what has come so far is written or given up. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#flushing !== undefined || this.#queue.length > 0) {
      this.#flushing ??= this.#writeAll().finally(() => {
        this.#flushing = undefined;
      });
      await this.#flushing;
    }
  }

  /**
   * Writes what waits and closes the sink; later records are dropped. Call it before the process ends: nothing else keeps
   * the process alive for the records. Never rejects.
   * @param timeoutMs for a sink that hangs. Default 5000.
   */
  async close({ timeoutMs = 5000 }: { timeoutMs?: number } = {}): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    const closing = this.flush().then(() => this.#options.sink.close?.());
    await Promise.race([closing.catch((error: unknown) => this.#tell(error)), tooLong]);
    clearTimeout(timer);
  }

  #watchDrift(record: RuntimeRecord): void {
    if (this.#drift === undefined) return;
    try {
      const observation = observationOf(record);
      if (observation !== undefined) this.#drift.add(observation);
    } catch (error) {
      this.#tell(error);
    }
  }

  #holdBack(record: RuntimeRecord): void {
    this.#sampledOut.set(record.id, record);
    if (this.#sampledOut.size > heldBack) this.#sampledOut.delete(this.#sampledOut.keys().next().value!);
  }

  #enqueue(record: RuntimeRecord): void {
    const { maxQueue = 10_000, flushIntervalMs = 1000 } = this.#options;
    if (this.#isClosed || this.#queue.length + this.#underWay >= maxQueue) {
      this.#counts.dropped++;
      return;
    }
    this.#queue.push(record);
    if (this.#timer !== undefined || this.#flushing !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), flushIntervalMs);
    this.#timer.unref();
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, batchSize);
      this.#underWay = batch.length;
      const redacted = await this.#redact(batch);
      const isWritten = await this.#write(redacted);
      this.#underWay = 0;
      this.#counts[isWritten ? 'written' : 'failed'] += redacted.length;
    }
  }

  async #redact(batch: readonly RuntimeRecord[]): Promise<RuntimeRecord[]> {
    if (this.#redactor === undefined) return [...batch];
    const redacted: RuntimeRecord[] = [];
    let begun = performance.now();
    for (const record of batch) {
      try {
        redacted.push(this.#redactor.redact(record));
      } catch (error) {
        // What may still hold what should not be kept is not kept.
        this.#counts.failed++;
        this.#tell(error);
      }
      if (performance.now() - begun < longestStretch) continue;
      await new Promise(setImmediate);
      begun = performance.now();
    }
    return redacted;
  }

  async #write(batch: readonly RuntimeRecord[]): Promise<boolean> {
    if (batch.length === 0) return true;
    const { flushIntervalMs = 1000 } = this.#options;
    for (let tries = 1; ; tries++) {
      try {
        await this.#options.sink.write(batch);
        return true;
      } catch (error) {
        this.#tell(error);
        if (tries >= mostTries) return false;
      }
      await new Promise((resolve) => setTimeout(resolve, flushIntervalMs * 2 ** (tries - 1)).unref());
    }
  }

  #tell(error: unknown): void {
    try {
      this.#options.onError?.(error);
    } catch {
      // Who is told of errors has none of their own.
    }
  }
}
