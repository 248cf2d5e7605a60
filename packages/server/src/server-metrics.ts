import type { AdapterPool, FinishEvent } from '@tooltune/runtime';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** One request, as metrics and the log have it. */
export interface RequestOutcome {
  /** The route's pattern: `/v1/chat/completions`. */
  route: string;
  /** Of the models that are served; empty where the request named none. */
  model: string;
  /** HTTP status; of a stream that failed half-way, that of its error. */
  status: number;
  durationMs: number;
}

/** Counts what is served, in the text format of Prometheus. Metrics of the process are among them. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'route' | 'model' | 'status'>;
  readonly #duration: Histogram<'route' | 'model'>;
  readonly #firstToken: Histogram<'model'>;
  readonly #tokens: Counter<'model' | 'kind'>;

  constructor(pool: AdapterPool, activeRequests: () => number) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      ...{ name: 'tooltune_requests_total', help: 'Requests that were answered.', registers },
      labelNames: ['route', 'model', 'status'],
    });
    this.#duration = new Histogram({
      ...{
        name: 'tooltune_request_duration_seconds',
        help: 'From the request to the last byte of its answer.',
        registers,
      },
      ...{ labelNames: ['route', 'model'], buckets: secondsBuckets },
    });
    this.#firstToken = new Histogram({
      ...{
        name: 'tooltune_first_token_seconds',
        help: 'From the request to the first token of the answer.',
        registers,
      },
      ...{ labelNames: ['model'], buckets: secondsBuckets },
    });
    this.#tokens = new Counter({
      ...{
        name: 'tooltune_tokens_total',
        help: 'Tokens, by kind: prompt, cached (of the prompt), completion, forced (of the completion).',
      },
      ...{ labelNames: ['model', 'kind'], registers },
    });
    new Gauge({
      ...{ name: 'tooltune_active_requests', help: 'Requests that are answered or wait for it.', registers },
      collect() {
        this.set(activeRequests());
      },
    });
    new Gauge({
      ...{ name: 'tooltune_loaded_adapters', help: 'Adapters in memory.', registers },
      collect() {
        this.set(pool.list().filter(({ loaded }) => loaded).length);
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  request({ route, model, status, durationMs }: RequestOutcome): void {
    this.#requests.inc({ route, model, status });
    this.#duration.observe({ route, model }, durationMs / 1000);
  }

  answer(model: string, { usage, timings }: FinishEvent): void {
    if (timings.firstTokenMs !== null) this.#firstToken.observe({ model }, timings.firstTokenMs / 1000);
    this.#tokens.inc({ model, kind: 'prompt' }, usage.promptTokens);
    this.#tokens.inc({ model, kind: 'cached' }, usage.cachedPromptTokens);
    this.#tokens.inc({ model, kind: 'completion' }, usage.completionTokens);
    this.#tokens.inc({ model, kind: 'forced' }, usage.forcedTokens);
  }

  promptTokens(model: string, count: number): void {
    this.#tokens.inc({ model, kind: 'prompt' }, count);
  }

  /** All of them, as Prometheus reads them. */
  text(): Promise<string> {
    return Registry.merge([this.#registry, processMetrics()]).metrics();
  }
}

let ofProcess: Registry | undefined;

/** Metrics of the process: one set for all servers in it, since what observes them cannot be removed. */
function processMetrics(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
