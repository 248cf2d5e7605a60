import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';

const durationBuckets = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const tokenBuckets = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
const firstChunkBuckets = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** What is measured: the conventions' metrics, and two counters of tooltune's own. */
export class Instruments {
  readonly #duration: Histogram;
  readonly #firstChunk: Histogram;
  readonly #tokens: Histogram;
  readonly #repairs: Counter;
  readonly #callErrors: Counter;

  constructor(meter: Meter) {
    this.#duration = meter.createHistogram('gen_ai.client.operation.duration', {
      ...{ unit: 's', description: 'GenAI operation duration.' },
      advice: { explicitBucketBoundaries: durationBuckets },
    });
    this.#firstChunk = meter.createHistogram('gen_ai.client.operation.time_to_first_chunk', {
      ...{ unit: 's', description: 'Time to receive the first chunk.' },
      advice: { explicitBucketBoundaries: firstChunkBuckets },
    });
    this.#tokens = meter.createHistogram('gen_ai.client.token.usage', {
      ...{ unit: '{token}', description: 'Number of input and output tokens used.' },
      advice: { explicitBucketBoundaries: tokenBuckets },
    });
    this.#repairs = meter.createCounter('tooltune.repairs', {
      ...{ unit: '{repair}', description: 'Parts of calls that were decoded anew since a check refused them.' },
    });
    this.#callErrors = meter.createCounter('tooltune.call.errors', {
      ...{ unit: '{call}', description: 'What began as a call and was none.' },
    });
  }

  /** @param seconds of the whole request */
  duration(seconds: number, attributes: Attributes): void {
    this.#duration.record(seconds, attributes);
  }

  firstChunk(seconds: number, attributes: Attributes): void {
    this.#firstChunk.record(seconds, attributes);
  }

  tokens(input: number, output: number, attributes: Attributes): void {
    this.#tokens.record(input, { ...attributes, 'gen_ai.token.type': 'input' });
    this.#tokens.record(output, { ...attributes, 'gen_ai.token.type': 'output' });
  }

  repairs(count: number, attributes: Attributes): void {
    if (count > 0) this.#repairs.add(count, attributes);
  }

  callError(code: string, attributes: Attributes): void {
    this.#callErrors.add(1, { ...attributes, 'error.type': code });
  }
}
