import { randomUUID } from 'node:crypto';
import type { ChatMessage, ToolCall } from '@tooltune/sdk';
import type { AnyToolCall } from '../stream/index.js';
import type { RunOptions, StreamOptions, ToolRuntime, ToolRuntimeAnswer, WrapStream } from '../tool-runtime/index.js';
import { recordStream } from './record-stream.js';
import { recordedAdapter } from './recorded-adapter.js';
import type { Recorder } from './recorder.js';
import { rememberRequestId } from './request-ids.js';

export interface RecordingOptions {
  /** What the user calls the adapter: a date, a number, a commit. */
  version?: string | undefined;
  /**
   * Whether records tell how sure the model was, which harvest needs to find unsure answers. Default true; costs a look at
   * several candidates for each token of free text (docs/learn-on.md).
   */
  confidence?: boolean | undefined;
}

/** The id under which a request is recorded. Default: a random one. */
export interface RequestIdentity {
  requestId?: string | undefined;
}

/** A runtime, loaded by itself or of a pool. */
type AnyToolRuntime<Call extends AnyToolCall> = Omit<ToolRuntime<Call>, 'dispose'>;

/** What of a runtime is recorded. `requestIdOf` tells the id of a stream and of an answer. */
export interface RecordedRequests<Call extends AnyToolCall = ToolCall> {
  stream(options: StreamOptions & RequestIdentity): ReturnType<ToolRuntime<Call>['stream']>;
  /** Each step is a request of its own: the first has the id, the next `<id>/2`. */
  run(options: RunOptions<Call> & RequestIdentity): ReturnType<ToolRuntime<Call>['run']>;
  call(
    messages: readonly ChatMessage[],
    options?: { signal?: AbortSignal } & RequestIdentity,
  ): Promise<ToolRuntimeAnswer<Call>>;
}

/** A runtime whose requests are recorded. */
export type RecordedToolRuntime<Call extends AnyToolCall = ToolCall> = ToolRuntime<Call> & RecordedRequests<Call>;

/**
 * The runtime, with every request and its outcome recorded. Events pass unchanged, but for `confidence` in `finish`.
 * Evaluation (`asToolCaller`) is not recorded. To dispose of it disposes of the runtime; the recorder is closed by itself.
 */
export function recordRuntime<Call extends AnyToolCall = ToolCall>(
  runtime: ToolRuntime<Call>,
  recorder: Recorder,
  options?: RecordingOptions,
): RecordedToolRuntime<Call>;
export function recordRuntime<Call extends AnyToolCall = ToolCall>(
  runtime: AnyToolRuntime<Call>,
  recorder: Recorder,
  options?: RecordingOptions,
): AnyToolRuntime<Call> & RecordedRequests<Call>;
export function recordRuntime<Call extends AnyToolCall>(
  runtime: AnyToolRuntime<Call>,
  recorder: Recorder,
  { version, confidence = true }: RecordingOptions = {},
): AnyToolRuntime<Call> & RecordedRequests<Call> {
  /** Requests that come one after another under one id. */
  const recording = (requestId: string): WrapStream<Call> => {
    let step = 0;
    return (stream) => (request) => {
      const id = ++step === 1 ? requestId : `${requestId}/${step}`;
      // A pool may have put another adapter in its place.
      const adapter = recordedAdapter(runtime.adapter?.manifest, version);
      const source = stream({ ...request, confidence: request.confidence ?? confidence });
      return rememberRequestId(recordStream(source, request, { id, adapter, recorder }), id);
    };
  };
  const recorded: RecordedRequests<Call> & Pick<AnyToolRuntime<Call>, 'withStream'> = {
    stream: ({ requestId = randomUUID(), ...request }) => recording(requestId)(runtime.stream)(request),
    run: ({ requestId = randomUUID(), ...request }) => {
      const run = runtime.withStream(recording(requestId)).run(request as unknown as RunOptions<Call>);
      return rememberRequestId(run, requestId);
    },
    call: async (messages, { requestId = randomUUID(), ...request } = {}) => {
      const answer = await runtime.withStream(recording(requestId)).call(messages, request);
      return rememberRequestId(answer, requestId);
    },
    // What is put around the stream is recorded with it, each request under an id of its own.
    withStream: (wrap) =>
      runtime.withStream((stream) =>
        wrap(({ requestId = randomUUID(), ...request }: StreamOptions & RequestIdentity) =>
          recording(requestId)(stream)(request),
        ),
      ),
  };
  // What else a runtime has is read from it when it is asked for.
  return Object.assign(Object.create(runtime) as AnyToolRuntime<Call>, recorded);
}
