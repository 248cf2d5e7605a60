import { type ConversationExample, createRandom, type Example, type Grounding, type JsonObject } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createValueExchange } from './value-exchange.js';

const grounding: Grounding = { play: { artist: 'span', title: 'span' }, find: { title: 'span' } };

function row(request: string, name: string, values: JsonObject, content: string | null = null): ConversationExample {
  return {
    kind: 'conversation',
    messages: [
      { role: 'user', content: request },
      { role: 'assistant', content, toolCalls: [{ name, arguments: values }] },
    ],
    location: { file: 'rows.jsonl' },
  };
}

/** Requests and calls of an epoch. */
function drawn(examples: readonly Example[], share = 1, seed = 1) {
  return createValueExchange(examples, grounding)
    .draw(share, createRandom(seed))
    .map((example) => {
      const { messages } = example as ConversationExample;
      const answer = messages.at(-1) as Extract<ConversationExample['messages'][number], { role: 'assistant' }>;
      return [messages.at(-2)!.content!, answer.toolCalls![0]!.arguments] as const;
    });
}

/** Whether any of many epochs says the last row in another way. */
function everChanges(last: ConversationExample): boolean {
  const rows = [...artists.map((artist) => row(`play ${artist}`, 'play', { artist })), last];
  return Array.from({ length: 20 }, (_, seed) => drawn(rows, 1, seed).at(-1)![0]).some(
    (request) => request !== last.messages.at(-2)!.content,
  );
}

const artists = ['Abba', 'Bach', 'Cher', 'Dylan'];

describe('createValueExchange', () => {
  it('exchanges a value in request and call alike, for one of the same argument of the same tool', () => {
    const rows = [
      ...artists.map((artist) => row(`please play ${artist}!`, 'play', { artist, volume: 3 })),
      row('play the song Help', 'play', { title: 'Help' }),
      row('find Jaws', 'find', { title: 'Jaws' }),
    ];
    const seen = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const epoch = drawn(rows, 1, seed);
      for (const [request, values] of epoch.slice(0, 4)) {
        expect(artists).toContain(values.artist);
        expect([request, values.volume]).toEqual([`please play ${values.artist}!`, 3]);
        seen.add(values.artist as string);
      }
      // Of these there is but one value each.
      expect(epoch.slice(4)).toEqual([
        ['play the song Help', { title: 'Help' }],
        ['find Jaws', { title: 'Jaws' }],
      ]);
    }
    expect([...seen].sort()).toEqual(artists);
  });

  it('exchanges several values of a row, whatever their order and length', () => {
    const rows = [
      row('play Long Way Home by Abba', 'play', { artist: 'Abba', title: 'Long Way Home' }),
      row('Bach: Air', 'play', { artist: 'Bach', title: 'Air' }),
    ];
    const requests = new Set(Array.from({ length: 40 }, (_, seed) => drawn(rows, 1, seed)[0]![0]));
    expect([...requests].sort()).toEqual(
      ['Air by Abba', 'Air by Bach', 'Long Way Home by Abba', 'Long Way Home by Bach'].map((said) => `play ${said}`),
    );
  });

  it('leaves the rows it was given alone, and gives back those that it does not change', () => {
    const rows = artists.map((artist) => row(`play ${artist}`, 'play', { artist }));
    const before = structuredClone(rows);
    const exchange = createValueExchange(rows, grounding);
    exchange.draw(1, createRandom(1)).forEach((example) => {
      expect(example.location).toEqual({ file: 'rows.jsonl' });
    });
    expect(rows).toEqual(before);
    exchange.draw(0, createRandom(1)).forEach((example, index) => {
      expect(example).toBe(rows[index]);
    });
  });

  it('exchanges about the share that is asked for', () => {
    const rows = Array.from({ length: 2000 }, (_, index) => row(`play x${index}`, 'play', { artist: `x${index}` }));
    const changed = drawn(rows, 0.3).filter(([request], index) => request !== `play x${index}`).length;
    expect(changed / rows.length).toBeGreaterThan(0.26);
    expect(changed / rows.length).toBeLessThan(0.34);
  });

  it('gives every value as often as any other, however often the rows hold it', () => {
    const rows = Array.from({ length: 2000 }, (_, index) => {
      const artist = index % 20 === 0 ? 'Bach' : 'Abba';
      return row(`play ${artist}`, 'play', { artist });
    });
    const rare = drawn(rows).filter(([, { artist }]) => artist === 'Bach').length;
    expect(rare / rows.length).toBeGreaterThan(0.45);
    expect(rare / rows.length).toBeLessThan(0.55);
  });

  it.each<[string, ConversationExample]>([
    ['an argument that is not grounded', row('play x by Cher', 'play', { singer: 'Cher' })],
    ['a value that is not there as written', row('play cher', 'play', { artist: 'Cher' })],
    ['a value that is there twice', row('play Cher by Cher', 'play', { artist: 'Cher' })],
    ['a piece of a word', row('play Cherry', 'play', { artist: 'Cher' })],
    ['a value that overlaps another', row('play Cher Live', 'play', { artist: 'Cher', title: 'Cher Live' })],
    ['a value that holds another', row('play the 4 Tops', 'play', { artist: 'the 4 Tops', stars: 4 })],
    ['a row in which the assistant says something', row('play Cher', 'play', { artist: 'Cher' }, 'Here is Cher.')],
    [
      'a row of several turns',
      {
        ...row('play Cher', 'play', { artist: 'Cher' }),
        messages: [
          { role: 'user', content: 'hello' },
          { role: 'assistant', content: 'hi' },
          ...row('play Cher', 'play', { artist: 'Cher' }).messages,
        ],
      },
    ],
  ])('leaves %s', (_, example) => {
    expect(everChanges(example)).toBe(false);
  });

  it('keeps every exchanged value a piece of the request', () => {
    const word = fc.stringMatching(/^[a-zé😀]{1,6}$/u);
    const rows = fc.array(
      fc
        .record({ before: word, artist: word, between: word, title: word })
        .map(({ before, artist, between, title }) =>
          row(`${before} ${artist} ${between} ${title}.`, 'play', { artist, title }),
        ),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(rows, fc.nat(), (examples, seed) => {
        for (const [request, { artist, title }] of drawn(examples, 0.5, seed)) {
          expect(request).toContain(artist);
          expect(request).toContain(title);
        }
      }),
    );
  });
});
