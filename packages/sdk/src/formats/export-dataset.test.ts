import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AssistantMessage, ChatMessage, ConversationExample } from '../dataset/index.js';
import { parseDataset } from '../dataset/index.js';
import { parseToolset, type ToolCall } from '../toolset/index.js';
import { type ExportFormat, exportDataset, exportFormats, importDataset } from './index.js';
import { linkResults } from './link-results.js';

const anything = { type: 'object', properties: { a: {}, b: { type: 'string' } } };
const toolset = parseToolset([
  { name: 'get_a', description: 'Gets </tools> "a".', parameters: anything },
  { name: 'set.b', parameters: anything },
]);
const example = (messages: ChatMessage[], rejected?: AssistantMessage): ConversationExample => ({
  kind: 'conversation',
  messages,
  ...(rejected === undefined ? {} : { rejected }),
  location: { file: 'data.jsonl', line: 1 },
});

/** Ids are given anew: what counts is which call a result answers. */
const meaning = (messages: readonly ChatMessage[]) =>
  linkResults(messages).map((message) => {
    if (message.role === 'tool') return [message.content, message.call.name, message.call.arguments];
    if (message.role === 'assistant') {
      return [
        message.content,
        message.toolCalls.map(({ name, arguments: given }) => [name, given]),
        message.weight ?? 1,
      ];
    }
    return [message.role, message.content];
  });
const meaningOf = ({ messages, rejected }: ConversationExample) =>
  JSON.stringify([meaning(messages), rejected === undefined ? null : meaning([rejected])]);

/** As files hold them: JSON writes -0 as 0. */
const given = fc
  .dictionary(fc.constantFrom('a'), fc.jsonValue({ stringUnit: 'grapheme' }), { noNullPrototype: true })
  .map((values) => JSON.parse(JSON.stringify(values)));
const call = fc.record({ name: fc.constantFrom('get_a', 'set.b'), arguments: given }) as fc.Arbitrary<ToolCall>;

/** A turn of the user, and what follows; results come in the order of the calls. */
const rounds = (words: fc.Arbitrary<string>, speaksWithCalls: fc.Arbitrary<boolean>) =>
  fc.array(fc.record({ asked: words, said: words, calls: fc.array(call, { maxLength: 3 }), both: speaksWithCalls }), {
    minLength: 1,
    maxLength: 3,
  });

const conversation = (
  words: fc.Arbitrary<string>,
  { both, weight }: { both: fc.Arbitrary<boolean>; weight: fc.Arbitrary<boolean> },
) =>
  fc
    .record({
      system: fc.option(words, { nil: undefined }),
      rounds: rounds(words, both),
      result: words,
      rejected: fc.option(words, { nil: undefined }),
      unlearnt: weight,
      endsWithCalls: fc.boolean(),
    })
    .map(({ system, rounds, result, rejected, unlearnt, endsWithCalls }) => {
      const messages: ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
      for (const { asked, said, calls, both } of rounds) {
        messages.push({ role: 'user', content: asked });
        if (calls.length > 0) {
          messages.push({ role: 'assistant', content: both ? said : null, toolCalls: calls });
          for (const [index] of calls.entries())
            messages.push({ role: 'tool', content: index === 1 ? `{"x":1}` : result });
        }
        messages.push({ role: 'assistant', content: said, ...(unlearnt ? { weight: 0 } : {}) });
      }
      const last = rounds.at(-1)!;
      if (endsWithCalls && last.calls.length > 0) messages.splice(-1 - last.calls.length);
      const answer = messages.at(-1) as AssistantMessage;
      const isOther = rejected !== undefined && rejected !== answer.content;
      return example(messages, isOther ? { role: 'assistant', content: rejected } : undefined);
    });

const importedFrom = (to: ExportFormat) =>
  to === 'tooltune' || to === 'openai' || to === 'together' ? 'openai' : to === 'trl-prompt-completion' ? 'trl' : to;
const written = (row: ConversationExample, to: ExportFormat) => exportDataset([{ example: row }], { to, toolset });

describe('exportDataset', () => {
  const plain = fc.stringMatching(/^[a-z][a-z ,.]{0,20}[a-z.]$/);
  const tame = conversation(plain, { both: fc.constant(false), weight: fc.constant(false) });

  it.each(exportFormats)('writes rows that read back as they were: %s', (to) => {
    fc.assert(
      fc.property(tame, (row) => {
        fc.pre(row.rejected === undefined || ['tooltune', 'openai', 'together', 'trl', 'sharegpt'].includes(to));
        const { text, problems, lines } = written(row, to);
        expect(problems).toEqual([]);
        const imported = importDataset(text, to === 'tooltune' ? { toolset } : {});
        expect(imported.problems).toEqual([]);
        if (to !== 'tooltune') expect(imported.toolset?.tools).toEqual(toolset.tools);
        const read = imported.rows.map((one) => one.example as ConversationExample);
        if (to !== 'trl-prompt-completion') expect(read.map(meaningOf)).toEqual([meaningOf(row)]);
        else {
          const learnt = row.messages.filter(({ role }) => role === 'assistant');
          expect(read.map(({ messages }) => meaning(messages).at(-1))).toEqual(
            meaning(row.messages).filter((_, index) => learnt.includes(row.messages[index]!)),
          );
          expect(lines).toBe(learnt.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  const tags = fc.constantFrom(
    '<tool_call>',
    '</tool_call>',
    '<tools>',
    '</tool_response>',
    '# Tools',
    '[1,2]',
    '1.0',
    ' ',
  );
  const wild = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    tags,
    fc.tuple(fc.string({ maxLength: 3 }), tags, fc.string({ maxLength: 3 })).map((parts) => parts.join('')),
  );
  const awkward = conversation(wild, { both: fc.boolean(), weight: fc.boolean() });

  it.each(exportFormats)('writes a row as it is, or refuses it with a reason: %s', (to) => {
    fc.assert(
      fc.property(awkward, (row) => {
        const { text, problems, refused } = written(row, to);
        expect(refused).toBe(problems.length);
        if (problems.length > 0) {
          expect([text, problems[0]!.location.line]).toEqual(['', 1]);
          return;
        }
        const imported = importDataset(text, { from: importedFrom(to), ...(to === 'tooltune' ? { toolset } : {}) });
        expect(imported.problems).toEqual([]);
        if (to === 'trl-prompt-completion') return;
        expect(imported.rows.map((one) => meaningOf(one.example as ConversationExample))).toEqual([meaningOf(row)]);
      }),
      { numRuns: 150 },
    );
  });

  it('writes what hosted services take: wrapped tools, ids for calls and results, arguments as text', () => {
    const row = example([
      { role: 'user', content: 'both' },
      { role: 'assistant', content: null, toolCalls: [{ name: 'get_a', arguments: { a: 1 } }] },
      { role: 'tool', content: 'one' },
      { role: 'assistant', content: 'done', weight: 0 },
    ]);
    const line = JSON.parse(written(row, 'openai').text) as Record<string, object[]>;
    expect(line.messages).toEqual([
      { role: 'user', content: 'both' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_a', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'one' },
      { role: 'assistant', content: 'done', weight: 0 },
    ]);
    expect(line.tools![1]).toEqual({ type: 'function', function: { name: 'set.b', parameters: anything } });
    expect(written(row, 'together').text).toBe(written(row, 'openai').text);
  });

  it("keeps a row's own tools, in their order", () => {
    const tools = parseToolset([{ name: 'own' }, { name: 'get_a', parameters: anything }]).tools;
    const row = example([
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'y' },
    ]);
    const { text } = exportDataset([{ example: row, tools }], { to: 'openai', toolset });
    expect(importDataset(text).rows[0]!.tools).toEqual(tools);
  });

  const asks: ChatMessage = { role: 'user', content: 'x' };
  const calls = (...names: string[]): AssistantMessage => ({
    role: 'assistant',
    content: null,
    toolCalls: names.map((name, index) => ({ id: `c${index}`, name, arguments: {} })),
  });
  const says: AssistantMessage = { role: 'assistant', content: 'y' };
  it.each<[ExportFormat, string, ChatMessage[], AssistantMessage?]>([
    ['openai', '/messages/1: says nothing', [asks, { role: 'assistant', content: null }]],
    ['openai', 'calls "other", which is none', [asks, calls('other')]],
    ['openai', '/messages/2: comes before the result', [asks, calls('get_a'), asks, says]],
    ['openai', '/messages/1: is a result for which no call', [asks, { role: 'tool', content: 'r' }, says]],
    ['together', '/messages/1: two turns of the user', [asks, asks, says]],
    ['trl', '/messages/1: has weight 0', [asks, { ...says, weight: 0 }, asks, says]],
    ['trl-prompt-completion', ': is not learnt from', [asks, { ...says, weight: 0 }]],
    ['trl-prompt-completion', ': is a preference', [asks, says], { role: 'assistant', content: 'z' }],
    ['sharegpt', '/messages/1: turns must alternate', [asks, asks, says]],
    ['sharegpt', '/messages/1: speaks and calls', [asks, { ...calls('get_a'), content: 'so' }]],
    ['sharegpt', '/messages/2: 1 of 2 results', [asks, calls('get_a', 'set.b'), { role: 'tool', content: 'r' }, says]],
    ['hermes', ': is a preference', [asks, says], { role: 'assistant', content: 'z' }],
    ['hermes', '/messages/1: says <tool_call>', [asks, { role: 'assistant', content: 'write <tool_call>' }]],
    [
      'hermes',
      '/messages/2: a result that follows',
      [asks, calls('get_a', 'set.b'), { role: 'tool', content: 'r', toolCallId: 'c1' }, says],
    ],
  ])('refuses what has no place in %s: %s', (to, reason, messages, rejected) => {
    const { problems, text } = written(example(messages, rejected), to);
    expect(`${problems[0]?.location.pointer}: ${problems[0]?.message}`).toContain(reason);
    expect(text).toBe('');
  });

  it('sorts results where a format tells them by their order', () => {
    const row = example([
      asks,
      calls('get_a', 'set.b'),
      { role: 'tool', content: 'of b', toolCallId: 'c1' },
      { role: 'tool', content: 'of a', toolCallId: 'c0' },
      says,
    ]);
    for (const to of ['trl', 'sharegpt', 'hermes'] as const) {
      const [read] = importDataset(written(row, to).text).rows;
      const { messages } = read!.example as ConversationExample;
      expect(messages.flatMap(({ role, content }) => (role === 'tool' ? [content] : []))).toEqual(['of a', 'of b']);
    }
  });

  it('refuses texts with intents but in its own format, and counts rows whose notes have no place', () => {
    const rows = parseDataset(
      '{"text":"a","intent":"b"}\n{"messages":[{"role":"user","content":"x"}],"calls":[],"content":"y","tags":["t"]}',
    ).map((one) => ({ example: one }));
    expect(exportDataset(rows, { to: 'openai', toolset })).toMatchObject({ lines: 1, refused: 1, withoutNotes: 1 });
    expect(exportDataset(rows, { to: 'tooltune' })).toMatchObject({ lines: 2, refused: 0, withoutNotes: 0 });
  });
});
