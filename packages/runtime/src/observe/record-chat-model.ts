import { randomUUID } from 'node:crypto';
import type { ChatModel, ChatRequest } from '../answer/index.js';
import type { RecordingOptions, RequestIdentity } from './record-runtime.js';
import { recordStream } from './record-stream.js';
import { recordedAdapter } from './recorded-adapter.js';
import type { Recorder } from './recorder.js';
import { rememberRequestId } from './request-ids.js';

/** A chat model whose requests are recorded. `requestIdOf` tells the id of a stream. */
export interface RecordedChatModel extends ChatModel {
  stream(request: ChatRequest & RequestIdentity): ReturnType<ChatModel['stream']>;
}

/** The chat model, with every request and its outcome recorded. Answers by a schema are recorded as words. */
export function recordChatModel(
  model: ChatModel,
  recorder: Recorder,
  { version, confidence = true }: RecordingOptions = {},
): RecordedChatModel {
  return Object.assign(Object.create(model) as ChatModel, {
    stream({ requestId = randomUUID(), ...request }: ChatRequest & RequestIdentity) {
      const adapter = recordedAdapter(model.adapter?.manifest, version);
      const source = model.stream({ ...request, confidence: request.confidence ?? confidence });
      return rememberRequestId(recordStream(source, request, { id: requestId, adapter, recorder }), requestId);
    },
  });
}
