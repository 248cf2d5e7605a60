import type { ChatChunk, ChatRequest, ClassifyAnswer, ClassifyRequest, Model } from './protocol.js';
import { readEvents } from './read-events.js';

/** What the server, or the way to it, refused. The message is meant for the user. */
export class RequestError extends Error {
  /** HTTP status; 0 where there was no answer, or it broke off. */
  readonly status: number;
  /** As the server names it. */
  readonly code: string | undefined;

  constructor(message: string, { status = 0, code }: { status?: number; code?: string | undefined } = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The server's interface, below one address. */
export class Api {
  /** Sent with each request where there is one. */
  key: string | undefined;
  readonly #base: string;

  /** @param base address of the page: `http://127.0.0.1:8000/` */
  constructor(base: string) {
    this.#base = base;
  }

  url(path: string): string {
    return new URL(path, this.#base).href;
  }

  /** @throws RequestError */
  async models(): Promise<Model[]> {
    const response = await this.#ask('v1/models', {});
    return ((await response.json()) as { data: Model[] }).data;
  }

  /** Chunks as they arrive. @throws RequestError, also in the middle; what `signal` is aborted with */
  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatChunk, void, void> {
    const { body } = await this.#post('v1/chat/completions', request, signal);
    if (body === null) throw new RequestError('The answer is empty.');
    try {
      for await (const { data } of readEvents(body)) {
        if (data === '[DONE]') return;
        const chunk = JSON.parse(data) as ChatChunk | { error: ErrorBody };
        if ('error' in chunk) throw new RequestError(chunk.error.message, { code: chunk.error.code ?? undefined });
        yield chunk;
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof TypeError) throw brokenOff();
      throw error;
    }
    throw brokenOff();
  }

  /** @throws RequestError; what `signal` is aborted with */
  async classify(request: ClassifyRequest, signal: AbortSignal): Promise<ClassifyAnswer> {
    const response = await this.#post('v1/classify', request, signal);
    return (await response.json()) as ClassifyAnswer;
  }

  #post(path: string, body: object, signal: AbortSignal): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return this.#ask(path, { method: 'POST', headers, body: JSON.stringify(body), signal });
  }

  async #ask(path: string, options: RequestInit): Promise<Response> {
    const headers = new Headers(options.headers);
    if (this.key !== undefined) headers.set('authorization', `Bearer ${this.key}`);
    let response: Response;
    try {
      response = await fetch(this.url(path), { ...options, headers });
    } catch (error) {
      if (options.signal?.aborted === true) throw options.signal.reason;
      throw error instanceof TypeError ? new RequestError('The server cannot be reached. Is it running?') : error;
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

interface ErrorBody {
  message: string;
  code?: string | null;
}

function brokenOff(): RequestError {
  return new RequestError('The connection broke off before the answer was over.');
}

async function refusal(response: Response): Promise<RequestError> {
  const { status } = response;
  const body = (await response.json().catch(() => ({}))) as { error?: ErrorBody };
  const message = body.error?.message ?? `The server answered with status ${status}.`;
  const seconds = response.headers.get('retry-after');
  const hint = seconds === null ? '' : ` Try again in ${seconds} s.`;
  return new RequestError(`${message}${hint}`, { status, code: body.error?.code ?? undefined });
}
