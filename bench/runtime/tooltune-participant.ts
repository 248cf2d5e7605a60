import { createToolRuntime, type ToolRuntimeOptions } from '@tooltune/runtime';
import { type Answered, FirstArgument, type Participant } from './participant.js';

/** Ours: a runtime whose stream is read to its end. */
export async function tooltuneParticipant(
  name: string,
  options: ToolRuntimeOptions & { maxTokens: number },
): Promise<Participant> {
  const runtime = await createToolRuntime(options);
  return {
    name,
    async answer(request): Promise<Answered> {
      const first = new FirstArgument();
      const answered: Answered = { firstArgumentMs: null, totalMs: 0, promptTokens: 0, askedTokens: 0, call: null };
      for await (const event of runtime.stream({ messages: [{ role: 'user', content: request }] })) {
        if (event.type === 'arguments-delta' && event.index === 0) first.push(event.text);
        else if (event.type === 'tool-call') answered.call ??= { name: event.name, arguments: event.arguments };
        else if (event.type === 'finish') {
          answered.totalMs = first.elapsed();
          answered.promptTokens = event.usage.promptTokens - event.usage.cachedPromptTokens;
          answered.askedTokens = event.usage.completionTokens - event.usage.forcedTokens;
        }
      }
      return { ...answered, firstArgumentMs: first.ms };
    },
    dispose: () => runtime.dispose(),
  };
}
