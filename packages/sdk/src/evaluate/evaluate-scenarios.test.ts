import { expect, it } from 'vitest';
import { parseScenarios } from '../scenarios/index.js';
import { evaluateScenarios, reportScenarios, type ToolCaller } from './index.js';

const caller: ToolCaller = {
  call: async (messages) => {
    const said = messages.at(-1)!.content!;
    const opens = said.includes('open');
    return {
      calls: opens ? [{ id: 'call_1', name: 'open_door', arguments: { door: 'front' } }] : [],
      content: opens ? '' : said.includes('secret') ? "I'm sorry, but no." : 'Hello!',
      malformed: said.includes('broken'),
      ...{ promptTokens: 1, completionTokens: 1, timeToFirstTokenMs: 1, durationMs: 1 },
    };
  },
};

it('says which scenarios pass, why not, and puts configurations beside each other', async () => {
  const expectations = [
    ['open', { calls: [{ name: 'open_door', arguments: { door: 'front' } }] }],
    ['open', { calls: [{ name: 'open_door', arguments: { door: 'back' } }] }],
    ['open', { refuse: true }],
    ['hello', { calls: [] }],
    ['secret', { refuse: true, calls: [] }],
    ['broken', { pattern: 'Hello' }],
  ] as const;
  const scenarios = parseScenarios(
    expectations
      .map(([request, wanted], index) =>
        JSON.stringify({ name: `s${index}`, capability: 'doors', why: 'quality', request, expect: wanted }),
      )
      .join('\n'),
  );
  const progress: number[] = [];
  const answers = await evaluateScenarios({
    ...{ caller, scenarios, configuration: 'base' },
    onProgress: ({ passed }) => progress.push(passed),
  });
  expect(answers.map(({ reasons }) => reasons)).toEqual([
    [],
    ['door: "front" in place of "back"'],
    ['calls open_door in place of declining'],
    [],
    [],
    ['a call that is malformed'],
  ]);
  expect(progress).toEqual([1, 1, 1, 2, 3, 3]);
  expect(reportScenarios(scenarios, [answers, answers])[1]).toEqual({
    ...{ name: 's1', capability: 'doors', why: 'quality', request: 'open' },
    expect: 'open_door({"door":"back"})',
    answers: [answers[1], answers[1]],
  });
});
