import type { JsonObject } from '@tooltune/sdk';
import { ArgumentsBuilder } from './arguments-builder.js';
import type { ToolOutputEvent } from './tool-stream-event.js';

/** A call as far as it has come. */
export interface PartialCall {
  id: string;
  index: number;
  name: string;
  /** What has come of the arguments; a string may be only begun, and the schema may want more members. */
  arguments: JsonObject;
  /** `complete`: the call was checked; `failed`: it is none. */
  state: 'open' | 'complete' | 'failed';
}

interface Tracked extends Omit<PartialCall, 'arguments'> {
  builder: ArgumentsBuilder;
}

/**
 * Follows a stream's events, wherever they come from, and says on demand what the calls look like by now. Following takes
 * time linear in the events, a snapshot in what it copies.
 */
export class PartialCalls {
  readonly #calls: Tracked[] = [];
  /** The calls of the present answer. */
  readonly #byIndex = new Map<number, Tracked>();
  readonly #encoder = new TextEncoder();

  /** Takes an event of the stream; those that tell nothing of calls are passed over. */
  add(event: { type: string }): void {
    const known = event as ToolOutputEvent;
    switch (known.type) {
      case 'tool-call-start': {
        const { id, index, name } = known;
        const call: Tracked = { id, index, name, state: 'open', builder: new ArgumentsBuilder() };
        this.#calls.push(call);
        this.#byIndex.set(index, call);
        break;
      }
      case 'arguments-delta':
        this.#byIndex.get(known.index)?.builder.push(this.#encoder.encode(known.text));
        break;
      case 'tool-call':
        this.#settle(known.index, 'complete');
        break;
      case 'tool-call-error':
        this.#settle(known.index, 'failed');
        break;
    }
  }

  /** All calls that have begun, in their order; of a run, those of all steps. */
  snapshot(): PartialCall[] {
    return this.#calls.map(({ builder, ...call }) => ({ ...call, arguments: builder.snapshot() }));
  }

  #settle(index: number, state: PartialCall['state']): void {
    const call = this.#byIndex.get(index);
    if (call !== undefined) call.state = state;
  }
}
