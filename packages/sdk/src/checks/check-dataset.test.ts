import { describe, expect, it } from 'vitest';
import { parseDataset } from '../dataset/index.js';
import { formatLocation } from '../errors/index.js';
import type { PromptRenderer } from '../prompt/index.js';
import { parseToolset } from '../toolset/index.js';
import { type CheckDatasetOptions, type CheckedFile, type CheckRule, checkDataset, roleOfFile } from './index.js';

const toolset = parseToolset([
  {
    name: 'set_light',
    parameters: {
      type: 'object',
      properties: {
        room: { enum: ['kitchen', 'bedroom', 'hall'] },
        level: { type: 'integer' },
        on: { type: 'boolean' },
        name: { type: 'string' },
        steps: { type: 'array', items: { type: 'object', properties: { at: { type: 'string' } } } },
      },
    },
  },
  { name: 'play', parameters: { type: 'object', properties: { title: { type: 'string' } } } },
]);
const light = (content: string, values: object) => ({
  messages: [{ role: 'user', content }],
  calls: [{ name: 'set_light', arguments: values }],
});
const play = (content: string, title: string) => ({
  messages: [{ role: 'user', content }],
  calls: [{ name: 'play', arguments: { title } }],
});
const says = (content: string, answer: string | null) => ({
  messages: [{ role: 'user', content }],
  calls: [],
  ...(answer === null ? {} : { content: answer }),
});
const file = (name: string, ...rows: object[]): CheckedFile => ({
  file: name,
  examples: parseDataset(rows.map((row) => JSON.stringify(row)).join('\n'), { file: name, toolset }),
});
const check = (files: CheckedFile[], options: CheckDatasetOptions = {}) => checkDataset(files, { toolset, ...options });
const told = (files: CheckedFile[], rule: CheckRule, options?: CheckDatasetOptions) =>
  check(files, options)
    .findings.filter((finding) => finding.rule === rule)
    .map(({ location, message }) => `${formatLocation(location)}: ${message}`);

describe('checkDataset', () => {
  it('reports values that nobody said, with their place, and choices apart', () => {
    const rows = file(
      'train.jsonl',
      light('kitchen to forty', { room: 'kitchen', level: 40 }),
      light('kitchen to forty', { room: 'hall', level: 70, steps: [{ at: 'dawn' }] }),
    );
    expect(told([rows], 'ungrounded')).toEqual([
      'train.jsonl:2#/messages/1/tool_calls/0/arguments/level: set_light: level is 70, which nobody said',
      'train.jsonl:2#/messages/1/tool_calls/0/arguments/steps/0/at: set_light: steps is "dawn", which nobody said',
    ]);
    expect(told([rows], 'ungrounded-choice')).toEqual([
      'train.jsonl:2#/messages/1/tool_calls/0/arguments/room: set_light: room is "hall", which no word speaks for',
    ]);
  });

  it('looks for values in everything before the turn, in results too, and not in what comes later', () => {
    const conversation = (result: string, later: string) => ({
      messages: [
        { role: 'system', content: 'The lamp is called Sun.' },
        { role: 'user', content: 'which song was that' },
        { role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'play', arguments: '{"title":"that"}' } }] },
        { role: 'tool', tool_call_id: 'a', content: result },
        { role: 'assistant', content: 'Done.' },
        { role: 'user', content: 'again' },
        {
          role: 'assistant',
          tool_calls: [
            { function: { name: 'play', arguments: '{"title":"Yesterday"}' } },
            { function: { name: 'set_light', arguments: '{"name":"Sun"}' } },
          ],
        },
        { role: 'tool', content: later },
        { role: 'tool', content: later },
        { role: 'assistant', content: 'Done.' },
      ],
    });
    expect(told([file('a.jsonl', conversation('{"song":"Yesterday"}', ''))], 'ungrounded')).toEqual([]);
    expect(told([file('a.jsonl', conversation('', 'Yesterday'))], 'ungrounded')).toHaveLength(1);
  });

  it('tells exact repetitions from contradictions; case and words without a call do not count', () => {
    const rows = file(
      'train.jsonl',
      play('play Jazz', 'Jazz'),
      play('Play  jazz', 'jazz'),
      play('play jazz', 'rock'),
      says('hello', 'Hi!'),
      says('Hello', 'Good day.'),
      light('hello', { room: 'hall' }),
    );
    expect(told([rows], 'duplicate')).toEqual([
      'train.jsonl:2: asks what train.jsonl:1 asks, with the same answer',
      'train.jsonl:5: asks what train.jsonl:4 asks, with the same answer',
    ]);
    expect(told([rows], 'contradiction')).toEqual([
      'train.jsonl:3: asks what train.jsonl:1 asks, with another answer: play({"title":"rock"}); there play({"title":"Jazz"})',
      'train.jsonl:6: asks what train.jsonl:4 asks, with another answer: set_light({"room":"hall"}); there no call',
    ]);
    expect(check([rows]).statistics.repetitions).toMatchObject({ exact: 2, contradictions: 2 });
  });

  it('finds requests that are nearly the same, but not those that want something else', () => {
    const asks = (song: string, end: string) => `could you please be so kind as to play the song ${song} for me ${end}`;
    const rows = file(
      'train.jsonl',
      play(asks('Yesterday', 'now'), 'Yesterday'),
      play(asks('Yesterday', 'today'), 'Yesterday'),
      play(asks('Tomorrow', 'now'), 'Tomorrow'),
      play(`${asks('Tomorrow', 'now')}!`, 'Tomorrow'),
    );
    expect(told([rows], 'near-duplicate')).toEqual([
      expect.stringMatching(
        /^train\.jsonl:2: asks nearly what train\.jsonl:1 asks \(77% alike\), with the same answer$/,
      ),
      'train.jsonl:4: asks nearly what train.jsonl:3 asks (but for punctuation), with the same answer',
    ]);
    expect(told([rows], 'near-duplicate', { nearDuplicates: { threshold: 1 } })).toHaveLength(1);
  });

  it('calls it a leak where a file to measure with repeats one to train on, whatever their order', () => {
    const long = 'could you please be so kind as to play the song Yesterday for me right';
    const test = file('test.jsonl', play('play jazz', 'jazz'), play(`${long} now`, 'Yesterday'), play('rock', 'rock'));
    const train = file('train.jsonl', play('play jazz', 'jazz'), play(`${long} away`, 'Yesterday'));
    for (const files of [
      [test, train],
      [train, test],
    ]) {
      expect(told(files, 'leak')).toEqual(['test.jsonl:1: asks what train.jsonl:1 asks, which is trained on']);
      expect(told(files, 'near-leak')).toEqual([
        expect.stringMatching(/^test\.jsonl:2: asks nearly .*, which is trained on$/),
      ]);
      expect(check(files).statistics.repetitions.between).toEqual([
        { file: 'train.jsonl', other: 'test.jsonl', exact: 1, near: 1 },
      ]);
    }
    const both = [train, { ...test, role: 'train' as const }];
    expect([told(both, 'leak'), told(both, 'duplicate').length]).toEqual([[], 1]);
  });

  it.each([
    ['data/train.jsonl', 'train'],
    ['rows.jsonl', 'train'],
    ['held-out.jsonl', 'test'],
    ['my_test_2.jsonl', 'test'],
    ['contest.jsonl', 'train'],
    ['dev.jsonl', 'validation'],
    ['tests/validation.jsonl', 'validation'],
  ])('takes the role of %s to be %s', (name, role) => expect(roleOfFile(name)).toBe(role));

  it('reports tools, arguments and values that are missing or too few', () => {
    const rows = Array.from({ length: 60 }, (_, index) => light(`light ${index} on`, { level: index, on: true }));
    const files = [file('train.jsonl', ...rows, light('hall', { room: 'hall' }))];
    expect(told(files, 'tool-unused')).toEqual(['train.jsonl: no row calls "play": it will not be learnt']);
    expect(told(files, 'tools-unbalanced')[0]).toContain('evenness 0.00 of 1');
    expect(told(files, 'argument-constant')).toEqual([
      'train.jsonl: set_light: on is always true, in 60 calls: nothing else will be learnt',
    ]);
    expect(told(files, 'argument-unused')).toEqual([
      'train.jsonl: set_light: name is given in no call',
      'train.jsonl: set_light: steps is given in no call',
    ]);
    expect(told(files, 'enum-unused')).toEqual(['train.jsonl: set_light: room never takes "kitchen", "bedroom"']);
    const withPlay = [file('train.jsonl', ...rows, play('play x', 'x'))];
    expect(told(withPlay, 'tool-rare')).toEqual([
      'train.jsonl: "play" is called 1 times in 61 calls; give it more rows',
    ]);
    expect(told([{ ...files[0]!, role: 'test' }], 'tool-unused')).toEqual([]);
  });

  it('measures evenness: 1 where tools have the same calls', () => {
    const { balance } = check([file('a.jsonl', play('play x', 'x'), light('hall', { room: 'hall' }))]).statistics;
    expect(balance!.evenness).toBeCloseTo(1, 12);
    expect(balance!.ratio).toBe(1);
  });

  it('flags personal data and secrets, and does not repeat them', () => {
    const rows = file(
      'a.jsonl',
      play('mail bob@mail.org', 'bob@mail.org'),
      says('the password is hunter2024', 'Fine.'),
    );
    const { findings, statistics } = check([rows]);
    expect(statistics.personalData).toEqual({ email: 2, secret: 1 });
    expect(told([rows], 'personal-data')).toEqual([
      'a.jsonl:1#/messages/0/content: holds an email address of 12 characters',
      'a.jsonl:1#/messages/1/tool_calls/0/arguments/title: holds an email address of 12 characters',
    ]);
    expect(JSON.stringify(findings.filter(({ rule }) => rule !== 'ungrounded'))).not.toMatch(/bob|hunter/);
  });

  it('reports rows that teach nothing, but in files to measure with', () => {
    const masked = {
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: 'y', weight: 0 },
      ],
    };
    expect(told([file('a.jsonl', says('a', null), masked)], 'no-labels')).toEqual([
      expect.stringMatching(/^a\.jsonl:1: teaches nothing: the answer has neither/),
      expect.stringMatching(/^a\.jsonl:2: teaches nothing: every assistant's turn has weight 0/),
    ]);
    expect(told([file('test.jsonl', says('a', null), masked)], 'no-labels')).toEqual([]);
  });

  it('counts tokens where it is given a renderer', () => {
    const renderer = {
      renderPrompt: () => [1, 2, 3],
      renderExample: (messages: readonly { content: string | null }[]) => {
        const length = (messages[0]!.content ?? '').length;
        return { tokens: new Int32Array(length), labelMask: new Uint8Array(length) };
      },
    } as unknown as PromptRenderer;
    const files = [file('a.jsonl', says('12345678', 'x'), says('1234', 'x'), says('1', null))];
    const options = { tokens: { renderer, contextTokens: 5 } };
    expect(told(files, 'too-long', options)).toEqual([expect.stringContaining('a.jsonl:1: 8 tokens, at most 5 fit')]);
    expect(told(files, 'no-labels', options)).toHaveLength(3);
    expect(check(files, options).statistics.tokens).toMatchObject({ count: 3, largest: 8, contextTokens: 5 });
  });

  it('leaves out rules, and counts the findings of the others', () => {
    const files = [file('a.jsonl', play('x', 'jazz'), play('x', 'rock'))];
    const { counts, findings } = check(files, { disabled: ['ungrounded'] });
    expect(counts).toMatchObject({ contradiction: 1 });
    expect(counts.ungrounded).toBeUndefined();
    expect(findings.every(({ severity }) => ['error', 'warning', 'note'].includes(severity))).toBe(true);
  });

  it('finds nothing in nothing', () => {
    expect(checkDataset([])).toMatchObject({ findings: [], counts: {}, statistics: { rows: 0, tools: [] } });
  });
});
