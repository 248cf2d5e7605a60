import { type DecodeOptions, decode } from '../decode/index.js';
import type { AnswerConfidence, ToolStreamEvent } from '../stream/index.js';
import type { CheckedAnswer } from './checked-answer.js';
import type { TokenEvents } from './token-events.js';

/** Decodes an answer and turns it into events. */
export async function* streamAnswer(
  options: DecodeOptions & { answer: CheckedAnswer; tokens?: TokenEvents | undefined; started: number },
): AsyncGenerator<ToolStreamEvent, void, void> {
  const { answer, tokens, started, promptTokens } = options;
  let firstTokenMs: number | null = null;
  const probabilities: (number | undefined)[] = [];
  const decoding = decode(options);
  try {
    let step = await decoding.next(undefined);
    while (!step.done) {
      firstTokenMs ??= performance.now() - started;
      const { events, feedback } = await answer.push(step.value.token);
      tokens?.push(step.value);
      if (feedback?.keepTokens !== undefined) tokens?.keep(feedback.keepTokens);
      if (tokens !== undefined && !answer.isHolding) yield* tokens.take();
      yield* events;
      if (options.scored) probabilities.push(step.value.probability);
      if (feedback?.keepTokens !== undefined)
        probabilities.length = Math.min(probabilities.length, feedback.keepTokens);
      step = await decoding.next(feedback);
    }
    const { reason, cachedPromptTokens, completionTokens, forcedTokens, queueMs, promptMs } = step.value;
    const last = answer.end(reason);
    if (tokens !== undefined) yield* tokens.take();
    yield* last;
    const { validCalls, repairs } = answer;
    yield {
      type: 'finish',
      reason: reason === 'stop' && validCalls > 0 ? 'tool-calls' : reason,
      usage: {
        ...{ promptTokens: promptTokens.length, cachedPromptTokens, completionTokens, forcedTokens },
        ...(repairs === 0 ? {} : { repairs }),
      },
      timings: { queueMs, promptMs, firstTokenMs, totalMs: performance.now() - started },
      ...confidenceOf(probabilities),
    };
  } finally {
    // Gives the sequence back when the consumer leaves early.
    await decoding.return(undefined as never);
  }
}

function confidenceOf(probabilities: readonly (number | undefined)[]): { confidence?: AnswerConfidence } {
  const measured = probabilities.filter((probability) => probability !== undefined);
  if (measured.length === 0) return {};
  const nats = measured.reduce((sum, probability) => sum + Math.log(probability), 0);
  const min = measured.reduce((least, probability) => Math.min(least, probability));
  return { confidence: { min, mean: Math.exp(nats / measured.length), tokens: measured.length } };
}
