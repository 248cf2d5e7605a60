import type { RowWriter } from './export-dataset.js';
import { inCallOrder, type LinkedMessage, Unrepresentable } from './link-results.js';
import { joinResults } from './read-share-gpt.js';

interface Turn {
  from: 'human' | 'gpt' | 'function_call' | 'observation';
  value: string;
}

/**
 * A row of ShareGPT as LLaMA-Factory reads it: human and observation alternate with gpt and function_call, the system
 * message and the tools (as JSON text) stand beside. Several calls, and several results, share a turn as a JSON list.
 */
export const writeShareGpt: RowWriter = ({ messages, rejected, tools }) => {
  const ordered = inCallOrder(messages);
  const [first] = ordered;
  const hasSystem = first?.role === 'system';
  const turns: Turn[] = [];
  for (let index = hasSystem ? 1 : 0; index < ordered.length; index++) {
    const place = `/messages/${index}`;
    const message = ordered[index]!;
    if (message.role === 'system') throw new Unrepresentable(place, 'a system message is the first');
    if (message.role === 'tool') {
      const results = [message];
      while (ordered[index + 1]?.role === 'tool') results.push(ordered[++index] as typeof message);
      turns.push({ from: 'observation', value: observation(results, ordered, index, place) });
    } else if (message.role === 'assistant') turns.push(answerTurn(message, place));
    else turns.push({ from: 'human', value: message.content });
    const position = turns.length - 1;
    const isEven = ['human', 'observation'].includes(turns[position]!.from);
    if (isEven !== (position % 2 === 0)) {
      throw new Unrepresentable(
        place,
        'turns must alternate: human or observation, then gpt or function_call; others are left out by LLaMA-Factory',
      );
    }
  }
  const beside = {
    ...(hasSystem ? { system: first.content } : {}),
    ...(tools.length === 0 ? {} : { tools: JSON.stringify(tools) }),
  };
  if (rejected === undefined) return [{ conversations: turns, ...beside }];
  const chosen = turns.pop();
  return [{ conversations: turns, chosen, rejected: answerTurn(rejected, '/rejected'), ...beside }];
};

function answerTurn(
  { content, toolCalls, weight }: Extract<LinkedMessage, { role: 'assistant' }>,
  place: string,
): Turn {
  if (weight === 0) throw new Unrepresentable(place, 'has weight 0, which ShareGPT has no place for');
  if (toolCalls.length === 0) return { from: 'gpt', value: content ?? '' };
  if (content !== null) throw new Unrepresentable(place, 'speaks and calls: a turn of ShareGPT does one of them');
  const calls = toolCalls.map(({ name, arguments: given }) => ({ name, arguments: given }));
  return { from: 'function_call', value: JSON.stringify(calls.length === 1 ? calls[0] : calls) };
}

function observation(
  results: readonly Extract<LinkedMessage, { role: 'tool' }>[],
  messages: readonly LinkedMessage[],
  last: number,
  place: string,
): string {
  const turn = messages[last - results.length];
  const calls = turn?.role === 'assistant' ? turn.toolCalls.length : 0;
  if (calls === 1) return results[0]!.content;
  if (results.length === calls) return joinResults(results.map(({ content }) => content));
  throw new Unrepresentable(place, `${results.length} of ${calls} results: one turn of ShareGPT answers all calls`);
}
