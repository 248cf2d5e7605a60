import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../random/index.js';
import type { KnownArgument } from '../templates/known-arguments.js';
import type { Part } from '../templates/template.js';
import { drawSentence, parseSentence } from './sentence-pattern.js';

const argument = (name: string, schema: KnownArgument['schema']): KnownArgument => ({
  ...{ name, schema, meaning: undefined, required: false, identifies: undefined, excludes: [] },
});
const known: Record<string, KnownArgument> = {
  room: argument('room', { enum: ['kitchen', 'all'] }),
  state: argument('state', { enum: ['on', 'off'] }),
  locked: argument('locked', { type: 'boolean' }),
};
const written = (parts: readonly Part[] | undefined) =>
  parts
    ?.map((part) =>
      'text' in part ? part.text : `<${part.argument}${part.value === undefined ? '' : `=${part.value}`}>`,
    )
    .join('');
const drawnOf = (notation: string, draws = 60) => {
  const pattern = parseSentence(notation);
  const random = createRandom(notation);
  return new Set(Array.from({ length: draws }, () => written(drawSentence(random, pattern, (slot) => known[slot]))));
};

describe('sentence patterns', () => {
  it('say one of several, and what is optional or not', () => {
    expect(drawnOf('(turn|switch) it on[ now]')).toEqual(
      new Set(['turn it on', 'switch it on', 'turn it on now', 'switch it on now']),
    );
  });

  it('leave out what the tool has no argument for', () => {
    expect(drawnOf('lights[ at {brightness} percent]( in the {room}| near {place})')).toEqual(
      new Set(['lights in the <room>']),
    );
    expect(drawnOf('lights at {brightness}')).toEqual(new Set([undefined]));
    expect(drawnOf('the song{kind?=song} {room}')).toEqual(new Set(['the song <room>']));
  });

  it('fix values that the schema allows, and no others', () => {
    expect(drawnOf('turn on{state=on}( everywhere{room=all}| upstairs{room=upstairs})')).toEqual(
      new Set(['turn on<state=on> everywhere<room=all>']),
    );
    expect(drawnOf('lock{locked=true}')).toEqual(new Set(['lock<locked=true>']));
    expect(drawnOf('lock{locked=maybe}')).toEqual(new Set([undefined]));
  });

  it('say no argument twice', () => {
    expect(drawnOf('from {room} to {room}')).toEqual(new Set([undefined]));
    expect(drawnOf('in {room}[ in the {room}]')).toEqual(new Set(['in <room>']));
  });

  it('are refused where their notation is not closed', () => {
    for (const notation of ['(a|b', '[a', 'a {}', '{room!!}']) expect(() => parseSentence(notation)).toThrow(TypeError);
  });

  it('draw only what their choices stand for, and in the end all of it', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd');
    const { tree } = fc.letrec<{ tree: { notation: string; language: string[] } }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 2 },
        word.map((text) => ({ notation: text, language: [text] })),
        fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => ({
          notation: one.notation + other.notation,
          language: one.language.flatMap((begin) => other.language.map((end) => begin + end)),
        })),
        fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => ({
          notation: `(${one.notation}|${other.notation})`,
          language: [...one.language, ...other.language],
        })),
        tie('tree').map((one) => ({ notation: `[${one.notation}]`, language: ['', ...one.language] })),
      ),
    }));
    fc.assert(
      fc.property(tree, ({ notation, language }) => {
        expect(drawnOf(notation, 400)).toEqual(new Set(language));
      }),
      { numRuns: 100 },
    );
  });
});
