import type { Tokenizer } from '@tooltune/sdk';
import { type DecodeOptions, decode } from '../decode/index.js';
import type { ToolOutputEvent, ToolOutputParser, ToolStreamEvent } from '../stream/index.js';

/** Decodes an answer and turns it into events. */
export async function* streamAnswer(
  options: DecodeOptions & { tokenizer: Tokenizer; parser: ToolOutputParser; started: number },
): AsyncGenerator<ToolStreamEvent, void, void> {
  const { tokenizer, parser, started, promptTokens } = options;
  let firstTokenMs: number | null = null;
  let validCalls = 0;
  const watch = (events: ToolOutputEvent[]) => {
    for (const event of events) if (event.type === 'tool-call') validCalls++;
    return events;
  };
  const decoding = decode(options);
  try {
    let step = await decoding.next();
    while (!step.done) {
      firstTokenMs ??= performance.now() - started;
      const { token } = step.value;
      yield* watch(tokenizer.isSpecial(token) ? parser.interrupt() : parser.push(tokenizer.tokenBytes(token)));
      step = await decoding.next();
    }
    const { reason, cachedPromptTokens, completionTokens, forcedTokens, queueMs, promptMs } = step.value;
    yield* watch(parser.end(reason));
    yield {
      type: 'finish',
      reason: reason === 'stop' && validCalls > 0 ? 'tool-calls' : reason,
      usage: { promptTokens: promptTokens.length, cachedPromptTokens, completionTokens, forcedTokens },
      timings: { queueMs, promptMs, firstTokenMs, totalMs: performance.now() - started },
    };
  } finally {
    // Gives the sequence back when the consumer leaves early.
    await decoding.return(undefined as never);
  }
}
