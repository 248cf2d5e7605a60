import { describe, expectTypeOf, it } from 'vitest';
import type { recordRuntime } from '../src/observe/index.js';
import type { traceRuntime } from '../src/opentelemetry/index.js';
import type { ToolRuntime } from '../src/tool-runtime/index.js';
import type { ToolCall } from './fixtures/home-tools.js';

declare const record: typeof recordRuntime;
declare const trace: typeof traceRuntime;
declare const runtime: ToolRuntime<ToolCall>;

describe('types', () => {
  it('keep the union of calls through recording and tracing', () => {
    const check = async () => {
      const recorded = record(trace(runtime), undefined as never);
      const { calls } = await recorded.call([]);
      expectTypeOf(calls).toEqualTypeOf<ToolCall[]>();
      for await (const event of recorded.stream({ messages: [], requestId: 'mine' })) {
        if (event.type === 'tool-call' && event.name === 'set_light') {
          expectTypeOf(event.arguments.state).toEqualTypeOf<'on' | 'off'>();
        }
      }
      await recorded.dispose();
    };
    expectTypeOf(check).toBeFunction();
  });
});
