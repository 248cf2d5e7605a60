import { describe, expect, it } from 'vitest';
import { type ConversationExample, parseDataset, promptAndTarget } from '../dataset/index.js';
import { createCallValidator, parseToolset } from '../toolset/index.js';
import { generateBeside } from './generate-beside.js';

const toolset = parseToolset([
  {
    name: 'add_to_playlist',
    description: 'Add a song to a playlist.',
    parameters: {
      type: 'object',
      properties: { song: { type: 'string' }, playlist: { type: 'string' } },
      required: ['song', 'playlist'],
    },
  },
  {
    name: 'get_weather',
    description: 'Get the weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
]);
const row = (content: string, name: string, values: object) =>
  JSON.stringify({ messages: [{ role: 'user', content }], calls: [{ name, arguments: values }] });
const declined = JSON.stringify({ messages: [{ role: 'user', content: 'hello' }], calls: [], content: 'Hello!' });
const own = [
  row('put Hey Jude on my road trip list', 'add_to_playlist', { song: 'Hey Jude', playlist: 'road trip' }),
  row('please add Yesterday to chill', 'add_to_playlist', { song: 'Yesterday', playlist: 'chill' }),
  row('what is it like outside in Rome', 'get_weather', { city: 'Rome' }),
];
const parse = (rows: readonly string[]) => parseDataset(rows.join('\n'), { toolset }) as ConversationExample[];
const rows = parse(own);
const said = ({ messages }: ConversationExample) => messages[0]!.content!;

describe('generateBeside', () => {
  it('gives as many rows as asked for, valid and new, of the kinds that there are', () => {
    const made = generateBeside({ toolset, rows, count: 120 });
    const validate = createCallValidator(toolset);
    expect(made).toHaveLength(120);
    expect(new Set([...made, ...rows].map(said)).size).toBe(123);
    for (const one of made) {
      const calls = promptAndTarget(one).target.toolCalls ?? [];
      expect(calls).toHaveLength(1);
      expect(validate(calls[0]!)).toEqual([]);
      expect(one.messages).toHaveLength(2);
    }
    expect(made.some((one) => /^(hey, )?what is it like outside in (?!Rome)/i.test(said(one)))).toBe(true);
  });

  it('declines where the rows do', () => {
    const made = generateBeside({ toolset, rows: parse([...own, declined]), count: 200 });
    expect(made.some((one) => promptAndTarget(one).target.toolCalls === undefined)).toBe(true);
  });

  it('says nothing that is held out, nor nearly', () => {
    const all = generateBeside({ toolset, rows, count: 60 });
    const heldOut = all.slice(0, 20);
    const made = generateBeside({ toolset, rows, count: 60, heldOut });
    const texts = new Set(heldOut.map(said));
    expect(made.filter((one) => texts.has(said(one)))).toEqual([]);
    expect(made.length).toBeGreaterThan(10);
  });

  it('gives the same rows for the same seed, and others for another', () => {
    const texts = (seed: number) => generateBeside({ toolset, rows, count: 30, seed }).map(said);
    expect(texts(1)).toEqual(texts(1));
    expect(texts(2)).not.toEqual(texts(1));
    expect(generateBeside({ toolset, rows, count: 0 })).toEqual([]);
  });
});
