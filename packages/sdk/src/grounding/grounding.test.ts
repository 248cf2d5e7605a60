import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationExample } from '../dataset/index.js';
import { type JsonValue, parseToolset } from '../toolset/index.js';
import { inferGrounding, isGroundedSpan, wordBoundaries } from './index.js';

describe('wordBoundaries', () => {
  it.each([
    ['ab c', '10111'],
    ["Ann's", '100111'],
    ['5:30pm', '1110001'],
    ['a_1é', '10001'],
    ['e\u0301x', '1001'],
    ['東京 Bar', '1011001'],
    ['😀😀', '111'],
    ['', '1'],
  ])('lies everywhere in %j but inside words', (text, expected) => {
    expect(wordBoundaries(Array.from(text)).join('')).toBe(expected);
  });
});

describe('isGroundedSpan', () => {
  const texts = ['add Ann’s song', 'play Escapada at 5:30pm, in São Paulo'];

  it.each(['add', 'Ann', 'Ann’s song', 'Escapada', '5', '30pm,', 'São Paulo', ' in '])('finds %j', (value) => {
    expect(isGroundedSpan(texts, value, 'span')).toBe(true);
  });

  it.each(['Escap', 'escapada', '30', 'Sa', 'song play', '', ' ', 'Paulo.'])('does not find %j', (value) => {
    expect(isGroundedSpan(texts, value, 'span')).toBe(false);
  });

  it('finds a later place where the first is inside a word', () => {
    expect(isGroundedSpan(['mymy my'], 'my', 'span')).toBe(true);
  });

  it('ignores case only where it is told to', () => {
    expect(isGroundedSpan(texts, 'SÃO paulo', 'span-ci')).toBe(true);
    expect(isGroundedSpan(texts, 'SÃO paulo', 'span')).toBe(false);
    expect(isGroundedSpan(['İSTANBUL now'], 'i\u0307stanbul', 'span-ci')).toBe(false);
    expect(isGroundedSpan(['İSTANBUL now'], 'İstanbul', 'span-ci')).toBe(true);
  });

  it('finds every piece between two boundaries', () => {
    const pieces = fc.tuple(fc.string({ unit: 'grapheme' }), fc.nat(), fc.nat()).map(([text, a, b]) => {
      const codePoints = Array.from(text);
      const places = [...wordBoundaries(codePoints).keys()].filter((place) => wordBoundaries(codePoints)[place] === 1);
      const [start, end] = [places[a % places.length]!, places[b % places.length]!].sort((x, y) => x - y);
      return { text, value: codePoints.slice(start, end).join('') };
    });
    fc.assert(
      fc.property(pieces, ({ text, value }) => {
        expect(isGroundedSpan([text], value, 'span')).toBe(value.trim() !== '');
        expect(isGroundedSpan([text], value, 'span-ci')).toBe(value.trim() !== '');
      }),
    );
  });
});

describe('inferGrounding', () => {
  const toolset = parseToolset([
    {
      name: 'book',
      parameters: {
        type: 'object',
        properties: {
          city: { type: 'string' },
          date: { type: 'string', format: 'date' },
          kind: { type: 'string', enum: ['bar'] },
          code: { type: 'string', pattern: '^b' },
          people: { type: 'integer' },
        },
      },
    },
  ]);

  function row(said: string, values: Record<string, JsonValue>, weight?: 0): ConversationExample {
    const turn = { role: 'assistant', content: null, toolCalls: [{ name: 'book', arguments: values }] } as const;
    return {
      kind: 'conversation',
      messages: [
        { role: 'user', content: said },
        { ...turn, toolCalls: [...turn.toolCalls], ...(weight === undefined ? {} : { weight }) },
      ],
      location: { file: 'x' },
    };
  }
  const times = (count: number, example: ConversationExample) => Array.from({ length: count }, () => example);

  it('finds copied strings, and leaves those that a schema already limits', () => {
    const examples = times(
      20,
      row('a bar in Rome on 2024-01-01', { city: 'Rome', date: '2024-01-01', kind: 'bar', code: 'bar', people: 2 }),
    );
    expect(inferGrounding(examples, toolset)).toEqual({ book: { city: 'span' } });
  });

  it('falls back to ignoring case', () => {
    const examples = [...times(15, row('in rome', { city: 'Rome' })), ...times(15, row('in Oslo', { city: 'Oslo' }))];
    expect(inferGrounding(examples, toolset)).toEqual({ book: { city: 'span-ci' } });
  });

  it('wants 10 values, 97% of them copied', () => {
    const copied = row('in Rome', { city: 'Rome' });
    const other = row('in the capital of Italy', { city: 'Rome' });
    expect(inferGrounding(times(9, copied), toolset)).toEqual({});
    expect(inferGrounding([...times(9, copied), other], toolset)).toEqual({});
    expect(inferGrounding([...times(97, copied), ...times(3, other)], toolset)).toEqual({ book: { city: 'span' } });
    expect(inferGrounding([...times(96, copied), ...times(4, other)], toolset)).toEqual({});
  });

  it('looks only at turns to be learnt, and only at what the user had said by then', () => {
    expect(inferGrounding(times(20, row('in Rome', { city: 'Rome' }, 0)), toolset)).toEqual({});
    const late = row('hello', { city: 'Rome' });
    late.messages.push({ role: 'user', content: 'Rome' }, { role: 'assistant', content: 'ok' });
    expect(inferGrounding(times(20, late), toolset)).toEqual({});
  });
});
