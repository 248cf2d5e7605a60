import type { RecordedAdapter, ToolCall } from '@tooltune/sdk';
import type { AnyToolCall, ToolStreamEvent } from '../stream/index.js';
import type { StreamOptions } from '../tool-runtime/index.js';
import { observeStream } from './observed-stream.js';
import type { Recorder } from './recorder.js';
import { ToolRecordBuilder } from './tool-record-builder.js';

/** The events of a request, which is recorded when they end, fail or are left. */
export function recordStream<Call extends AnyToolCall = ToolCall>(
  source: AsyncGenerator<ToolStreamEvent<Call>, void, void>,
  { messages }: Pick<StreamOptions, 'messages'>,
  { id, adapter, recorder }: { id: string; adapter: RecordedAdapter; recorder: Recorder },
): AsyncGenerator<ToolStreamEvent<Call>, void, void> {
  const builder = new ToolRecordBuilder({ id, messages, adapter });
  let isRecorded = false;
  const record = (error?: unknown) => {
    if (!isRecorded) recorder.record(builder.end(error));
    isRecorded = true;
  };
  return observeStream(source, {
    event: (event) => {
      builder.add(event as unknown as ToolStreamEvent);
      // Whoever reads up to here need not read on.
      if (event.type === 'finish') record();
    },
    end: (error) => record(error),
  });
}
