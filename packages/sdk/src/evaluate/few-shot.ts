import { type ChatMessage, type Example, isLearnable, promptKey } from '../dataset/index.js';
import { TooltuneError } from '../errors/index.js';
import type { ToolCaller } from './tool-caller.js';
import { WordIndex } from './word-index.js';

export interface FewShotOptions {
  /** Who is asked. */
  caller: ToolCaller;
  /** Solved requests to draw from. Only those of one turn of the user are shown. */
  examples: readonly Example[];
  /** How many are shown with each request. */
  count: number;
  /** `similar`: those whose words are most like the request's, the most alike last. `spread`: always the same, evenly spaced. */
  selection?: 'similar' | 'spread';
}

interface Shot {
  key: string;
  request: string;
  messages: ChatMessage[];
}

/**
 * A caller that shows solved requests, as turns of the conversation after its system messages, before it asks. The request
 * itself is never among them.
 * @throws TooltuneError `evaluate/no-shots`
 */
export function createFewShotCaller(options: FewShotOptions): ToolCaller {
  const { caller, examples, count, selection = 'similar' } = options;
  const shots = examples.flatMap(shotOf);
  if (shots.length === 0) {
    const message = 'No row can be shown as an example; give rows of one request of the user and its answer.';
    throw new TooltuneError('evaluate/no-shots', message);
  }
  const choose = selection === 'similar' ? mostSimilar(shots) : spread(shots);
  return {
    call: (messages, callOptions) => {
      const first = messages.findIndex(({ role }) => role !== 'system');
      const start = first < 0 ? messages.length : first;
      const chosen = choose(messages, count);
      const shown = chosen.flatMap((shot) => shot.messages);
      return caller.call([...messages.slice(0, start), ...shown, ...messages.slice(start)], callOptions);
    },
  };
}

function shotOf(example: Example): Shot[] {
  if (example.kind !== 'conversation' || !isLearnable(example)) return [];
  const messages = example.messages.filter(({ role }) => role !== 'system');
  const [request, answer] = messages;
  if (messages.length !== 2 || request?.role !== 'user' || answer?.role !== 'assistant') return [];
  return [{ key: keyOf(messages.slice(0, 1)), request: request.content, messages }];
}

/** Equal for the same conversation before the answer, system messages aside. */
function keyOf(messages: readonly ChatMessage[]): string {
  const prompt = messages.filter(({ role }) => role !== 'system');
  const answer: ChatMessage = { role: 'assistant', content: null };
  return promptKey({ kind: 'conversation', messages: [...prompt, answer], location: { file: '' } });
}

type Choice = (messages: readonly ChatMessage[], count: number) => readonly Shot[];

function spread(shots: readonly Shot[]): Choice {
  return (messages, count) => {
    const own = keyOf(messages);
    const others = shots.filter(({ key }) => key !== own);
    if (count >= others.length) return others;
    return Array.from({ length: count }, (_, index) => others[Math.floor((index * others.length) / count)]!);
  };
}

function mostSimilar(shots: readonly Shot[]): Choice {
  const index = new WordIndex(shots.map(({ request }) => request));
  return (messages, count) => {
    const own = keyOf(messages);
    return index
      .ranked(messages.findLast(({ role }) => role === 'user')?.content ?? '')
      .map((place) => shots[place]!)
      .filter(({ key }) => key !== own)
      .slice(0, count)
      .reverse();
  };
}
