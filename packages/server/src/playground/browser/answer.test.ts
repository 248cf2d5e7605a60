import { describe, expect, it } from 'vitest';
import { Answer } from './answer.js';
import type { AnswerLogprob, ChatChunk } from './protocol.js';

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
const token = (text: string, more: Partial<AnswerLogprob> = {}): AnswerLogprob => ({
  ...{ token: text, bytes: bytesOf(text), logprob: Math.log(0.5), top_logprobs: [] },
  ...more,
});
const chunk = (delta: ChatChunk['choices'][0]['delta'], content: AnswerLogprob[] = []): ChatChunk => ({
  choices: [{ ...(delta === undefined ? {} : { delta }), logprobs: { content } }],
});

describe('an answer', () => {
  it('is put together from its chunks', () => {
    const answer = new Answer();
    answer.add(chunk({ content: 'Let me ' }, [token('Let'), token(' me ')]));
    answer.add(chunk({ content: 'see.' }));
    answer.add(chunk({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'lamp', arguments: '' } }] }));
    answer.add(chunk({ tool_calls: [{ index: 0, function: { arguments: '{"state":"o' } }] }));
    expect(answer.calls).toEqual([{ id: 'c1', name: 'lamp', arguments: '{"state":"o', isComplete: false }]);
    expect(answer.toMessage()).toEqual({ role: 'assistant', content: 'Let me see.' });
    answer.add(chunk({ tool_calls: [{ index: 0, function: { arguments: 'n"}' } }] }));
    answer.add({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } });
    expect(answer.tokens.map(({ text }) => text)).toEqual(['Let', ' me ']);
    expect(answer.usage?.completion_tokens).toBe(2);
    expect(answer.toMessage()).toEqual({
      ...{ role: 'assistant', content: 'Let me see.' },
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'lamp', arguments: '{"state":"on"}' } }],
    });
  });

  it('tells what might have come, the chosen token among it', () => {
    const answer = new Answer();
    const others = [token('on', { logprob: Math.log(0.7) }), token('of', { logprob: Math.log(0.2) })];
    answer.add(chunk({}, [token('off', { logprob: Math.log(0.1), top_logprobs: others })]));
    answer.add(chunk({}, [token('"}', { logprob: 0, forced: true })]));
    const [chosen, forced] = answer.tokens;
    expect(chosen?.alternatives.map(({ label, isChosen }) => [label, isChosen])).toEqual([
      ['on', false],
      ['of', false],
      ['off', true],
    ]);
    expect(chosen?.probability).toBeCloseTo(0.1);
    expect(forced).toMatchObject({ isForced: true, alternatives: [] });
    expect(answer.forcedTokens).toBe(1);
  });

  it('shows a character where its last byte has come', () => {
    const answer = new Answer();
    const [a, b, c, d] = bytesOf('🙂').map((byte) => token('\uFFFD', { bytes: [byte] }));
    answer.add(chunk({}, [a!, b!, c!, d!, token('', { bytes: [] })]));
    expect(answer.tokens.map(({ text, kind }) => [text, kind])).toEqual([
      ['', 'piece'],
      ['', 'piece'],
      ['', 'piece'],
      ['🙂', 'piece'],
      ['', 'control'],
    ]);
    expect(answer.tokens.map(({ label }) => label)).toEqual(['F0', '9F', '99', '82', 'control']);
  });
});
