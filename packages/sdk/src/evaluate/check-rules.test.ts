import { describe, expect, it } from 'vitest';
import type { Expectation } from '../dataset/index.js';
import { checkRules, citationsIn, isRefusal } from './index.js';

const check = (expectation: Expectation, content: string, called = false, refusal?: RegExp) =>
  checkRules(
    expectation,
    { content, calls: called ? [{ name: 'open_door', arguments: {} }] : [], malformed: false },
    refusal,
  ).map(({ rule, reason }) => (reason === '' ? rule : `${rule}: ${reason}`));

describe('checkRules', () => {
  it.each<[Expectation, string, string]>([
    [{ pattern: '^Dear' }, 'Dear Ann', 'pattern'],
    [{ pattern: '^dear' }, 'Dear Ann', 'pattern: the words do not match /^dear/u'],
    [{ pattern: '^dear', flags: 'i' }, 'Dear Ann', 'pattern'],
    [{ notPattern: '!' }, 'Hello!', 'notPattern: the words match /!/u'],
    [{ notPattern: '!' }, 'Hello.', 'notPattern'],
    [{ jsonSchema: { type: 'object', required: ['a'] } }, ' {"a":1}\n', 'jsonSchema'],
    [{ jsonSchema: { type: 'array' } }, '{}', 'jsonSchema: the JSON is not valid at "": must be array'],
    [{ citations: ['1', 'faq'] }, 'It opens at nine [1, faq].', 'citations'],
    [{ citations: ['1'] }, 'It opens at nine.', 'citations: cites nothing'],
    [{ citations: ['1'] }, 'At nine [1][2].', 'citations: cites [2], which is not there'],
    [{ refuse: true }, 'I’m sorry, but I can’t help with that.', 'refuse'],
    [{ refuse: true }, 'Sure, here it is.', 'refuse: does not decline'],
    [{ refuse: true }, '', 'refuse: says nothing in place of declining'],
    [{ refuse: false }, "I can't do that.", 'answer: declines what it should do'],
    [{ refuse: false }, 'Done.', 'answer'],
  ])('%j on %j: %s', (expectation, content, result) => {
    expect(check(expectation, content)).toEqual([result]);
  });

  it('names where text stops being JSON', () => {
    expect(check({ jsonSchema: true }, '{"a":')[0]).toMatch(/^jsonSchema: the words are no JSON text: /);
  });

  it('takes no answer that calls for one that declines', () => {
    expect(check({ refuse: true }, "I can't do that.", true)).toEqual([
      'refuse: calls open_door in place of declining',
    ]);
    expect(check({ refuse: false }, "I can't open more than one door.", true)).toEqual(['answer']);
  });

  it('takes a pattern of its own for declining', () => {
    const dutch = /dat kan ik niet/iu;
    expect(check({ refuse: true }, 'Dat kan ik niet doen.', false, dutch)).toEqual(['refuse']);
    expect(check({ refuse: true }, "I can't do that.", false, dutch)).toEqual(['refuse: does not decline']);
    // A pattern with a state of its own would answer otherwise the second time.
    const global = /niet/g;
    expect([isRefusal('niet', global), isRefusal('niet', global)]).toEqual([true, true]);
  });
});

describe('isRefusal', () => {
  it.each([
    "I'm sorry, but that is not possible.",
    'I am unable to open the safe.',
    'I cannot help with this.',
    'Unfortunately, I must decline.',
    "As an AI, I don't do that.",
    'That is not something I can do.',
    'That would be against our policy.',
    "I'm not allowed to share it.",
    "I don't have permission to delete files.",
  ])('hears %j', (text) => expect(isRefusal(text)).toBe(true));

  it.each([
    'Sure, the door is open.',
    'The kitchen light cannot be dimmed below 10%.',
    'I have opened the door.',
    'I can help with that.',
    "I can't wait to show you: here is the list.",
    '',
  ])('does not hear one in %j', (text) => expect(isRefusal(text)).toBe(false));
});

describe('citationsIn', () => {
  it('finds names in brackets, and leaves links alone', () => {
    expect(citationsIn('a [1] b [2; faq] c [^3] d [text](address) [] [[4]]')).toEqual(['1', '2', 'faq', '3', '4']);
  });
});
