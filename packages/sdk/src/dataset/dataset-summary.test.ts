import { expect, it } from 'vitest';
import { parseToolset } from '../toolset/index.js';
import { datasetSummary, isLearnable, parseDataset } from './index.js';

const rows = [
  { messages: [{ role: 'user', content: 'Stop' }], calls: [{ name: 'stop', arguments: { now: true } }] },
  { messages: [{ role: 'user', content: ' stop' }], calls: [{ name: 'stop', arguments: { now: true } }] },
  { messages: [{ role: 'user', content: 'stop' }], calls: [], content: 'Stop what?' },
  { messages: [{ role: 'user', content: 'hello' }], calls: [] },
  {
    messages: [
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'hi' },
      { role: 'user', content: 'go, then stop' },
    ],
    calls: [
      { name: 'constructor', arguments: {} },
      { name: 'stop', arguments: {} },
    ],
  },
  { text: 'hello', intent: 'toString' },
  { text: 'x', intent: null },
];
const examples = parseDataset(rows.map((row) => JSON.stringify(row)).join('\n'));

it('counts what a dataset holds', () => {
  const properties = { now: { type: 'boolean' }, why: { type: 'string' } };
  const toolset = parseToolset([{ name: 'stop', parameters: { type: 'object', properties } }, { name: 'wait' }]);
  expect(datasetSummary(examples, { toolset })).toEqual({
    rows: 7,
    conversations: 5,
    intents: 2,
    multiTurn: 1,
    withoutCall: 2,
    withSeveralCalls: 1,
    withRejected: 0,
    notLearnable: 1,
    duplicates: 2,
    contradictions: 1,
    tools: {
      stop: { calls: 3, arguments: { now: 2, why: 0 } },
      wait: { calls: 0, arguments: {} },
      constructor: { calls: 1, arguments: {} },
    },
    intentRows: { toString: 1 },
    outOfScope: 1,
  });
});

it('knows the rows that hold nothing to learn', () => {
  expect(examples.map(isLearnable)).toEqual([true, true, true, false, true, true, true]);
});
