import { describe, expect, it } from 'vitest';
import { type ChatMessage, parseDataset } from '../dataset/index.js';
import { createFewShotCaller, type FewShotOptions, type ToolCaller } from './index.js';

const row = (content: string, name = 'a') =>
  JSON.stringify({ messages: [{ role: 'user', content }], calls: [{ name, arguments: {} }] });
const examples = parseDataset(
  [
    row('switch on the kitchen light'),
    row('play some jazz'),
    row('the kitchen light please'),
    row('what is the weather in Rome'),
    '{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"dim the light"},{"role":"assistant","content":"ok"}]}',
    '{"messages":[{"role":"user","content":"nothing to show"}],"calls":[]}',
    '{"messages":[{"role":"user","content":"light"},{"role":"assistant","content":"which?"},{"role":"user","content":"kitchen"}],"calls":[]}',
    '{"text":"kitchen light","intent":"light"}',
  ].join('\n'),
);

async function asked(messages: ChatMessage[], options: Partial<FewShotOptions> = {}): Promise<string[]> {
  let seen: readonly ChatMessage[] = [];
  const caller: ToolCaller = {
    call: async (given) => {
      seen = given;
      const cost = { promptTokens: 1, completionTokens: 1, timeToFirstTokenMs: 1, durationMs: 1 };
      return { calls: [], content: '', malformed: false, ...cost };
    },
  };
  await createFewShotCaller({ caller, examples, count: 2, ...options }).call(messages);
  return seen.map(({ role, content }) => `${role}: ${content ?? 'calls'}`);
}

describe('createFewShotCaller', () => {
  it('shows the most similar requests after the system message, the most alike last', async () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: 'You call tools.' },
      { role: 'user', content: 'Kitchen light off please' },
    ];
    expect(await asked(messages)).toEqual([
      'system: You call tools.',
      'user: switch on the kitchen light',
      'assistant: calls',
      'user: the kitchen light please',
      'assistant: calls',
      'user: Kitchen light off please',
    ]);
  });

  it('never shows the request itself', async () => {
    const shown = await asked([{ role: 'user', content: 'PLAY some  jazz' }], { count: 10 });
    expect(shown.filter((line) => line.toLowerCase().includes('jazz'))).toEqual(['user: PLAY some  jazz']);
    expect(shown).toContain('user: dim the light');
    expect(shown).not.toContain('user: nothing to show');
  });

  it('spreads them evenly where it is told to', async () => {
    const one = await asked([{ role: 'user', content: 'x' }], { selection: 'spread' });
    expect(one).toEqual([
      'user: switch on the kitchen light',
      'assistant: calls',
      'user: the kitchen light please',
      'assistant: calls',
      'user: x',
    ]);
  });

  it('refuses rows of which none can be shown', () => {
    const caller = { call: () => Promise.reject(new Error('never asked')) };
    expect(() => createFewShotCaller({ caller, examples: examples.slice(5), count: 1 })).toThrow(
      expect.objectContaining({ code: 'evaluate/no-shots' }),
    );
  });
});
