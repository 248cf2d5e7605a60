import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberWords } from '../generate/language/number-words.js';
import type { JsonSchema } from '../toolset/index.js';
import { SaidText } from './said-text.js';
import { valueEvidence } from './value-evidence.js';

const evidence = (value: string | number | boolean, text: string, name = 'argument', schema?: JsonSchema) =>
  valueEvidence(value, new SaidText([text]), { name, schema });

describe('valueEvidence', () => {
  it.each<[string | number, string]>([
    ['Roy Orbison', 'play Roy Orbison tunes'],
    ['東京', '明日の東京の天気は'],
    [6, 'a table for 6'],
    [2.5, 'by 2.5 degrees'],
  ])('%j is a piece of %j', (value, text) => expect(evidence(value, text)).toBe('span'));

  it.each<[string, string]>([
    ['roy orbison', 'play Roy Orbison tunes'],
    ["it's me", 'the song It’s Me please'],
  ])('%j is a piece of %j but for case and forms', (value, text) =>
    expect(evidence(value, text)).toBe('span-ignoring-case'),
  );

  it.each<[string | number | boolean, string]>([
    // Numbers
    [2, 'rate it two out of six'],
    [22, 'set it to twenty-two degrees'],
    [1984, 'from nineteen eighty four'],
    [2025, 'in twenty twenty five'],
    [205, 'two hundred and five'],
    [3.5, 'three point five'],
    [1500, '1.5k followers'],
    [1_200_000, '1,200,000 rows'],
    [5_000_000, 'five million'],
    [300, 'a timer for five minutes'],
    [90, 'an hour and a half'],
    [80, 'in an hour and 20 minutes'],
    [30, 'half an hour'],
    [50, 'half volume'],
    [23.5, '23 and half degree'],
    [24, 'two dozen eggs'],
    [5, 'two adults and three children'],
    [3, 'the third one'],
    [1, 'a table for me'],
    [-5, 'minus five'],
    [0.5, 'at 50%'],
    [250, 'two and a half euros'],
    // Dates and times
    ['2025-05-16', 'on May 16th'],
    ['2025-05-16', 'the 16th of may 2025'],
    ['2025-05-16', 'on friday'],
    ['2025-05-17', 'tomorrow'],
    ['2025-05-16T19:30', 'on 5/16 at half past seven'],
    ['19:30', 'at 7:30 pm'],
    ['07:15', 'quarter past seven alarm'],
    ['06:45', 'set alarm 0645'],
    ['05:50', 'ten to six'],
    ['12:00', 'at noon'],
    ['PT90M', 'ninety minutes'],
    // Words
    ['living_room', 'the light of the living room'],
    ['livingRoom', 'the Living Room light'],
    ['kitchen', 'all the kitchens'],
    ['heat', 'start heating'],
    ['forecast', 'what is the forcast'],
    ['playlist', 'my play list'],
    ['Route 66', 'route sixty six'],
    ['bob@example.com', 'mail bob at example dot com'],
    ['EUR', 'how many euros'],
    ['DE', 'flights to germany'],
    ['fr', 'say it in French'],
    ['NYC', 'weather in new york city'],
    ['The concert starts an hour later', 'tell them the concert will start one hour later'],
    ['5', 'five of them'],
    [true, 'with breakfast, please'],
    [false, 'without breakfast'],
  ])('%j can be derived from %j', (value, text) => expect(evidence(value, text)).toBe('derived'));

  it.each<[string | number | boolean, string]>([
    ['Paris', 'weather in London'],
    ['art', 'start the music'],
    [7, 'a table for six'],
    [3, 'play some jazz'],
    ['2025-05-16', 'wake me up'],
    ['2025-05-15', 'on friday'],
    ['2025-06-16', 'on May 16th'],
    ['2024-05-16', 'on May 16th 2025'],
    ['19:30', 'at 8 pm'],
    ['07:15', 'at seven'],
    ['bathroom', 'the light of the living room'],
    ['GBP', 'how many euros'],
    ['NYC', 'weather in boston'],
    ['bob@example.com', 'mail alice at example dot com'],
    [false, 'with breakfast, please'],
    [7, 'constructor toString __proto__ hasOwnProperty'],
  ])('%j cannot come from %j', (value, text) => expect(evidence(value, text)).toBe('none'));

  it('takes what the schema gives, and words of a boolean argument', () => {
    expect(evidence('metric', 'weather', 'unit', { type: 'string', default: 'metric' })).toBe('derived');
    expect(evidence('v2', 'weather', 'version', { const: 'v2' })).toBe('derived');
    expect(evidence(20, 'dim it', 'level', { description: 'Percent; dim is 20, bright 80.' })).toBe('derived');
    expect(evidence(100, 'full brightness', 'level', { maximum: 100 })).toBe('derived');
    expect(evidence(100, 'some brightness', 'level', { maximum: 100 })).toBe('none');
    expect(evidence(false, 'use no air conditioning', 'air_conditioning')).toBe('derived');
  });

  it('finds every number that is said in words, and none that is far from it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 3000, max: 9999 }), (value, other) => {
        expect(evidence(value, `turn it to ${numberWords(value)} units`)).toBe('derived');
        expect(evidence(other, `turn it to ${numberWords(value)} units`)).toBe('none');
      }),
    );
  });

  it('finds every piece of words, whatever surrounds it', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word), fc.array(word, { minLength: 1 }), fc.array(word), (before, value, after) => {
        const text = [...before, ...value, ...after].join(' ');
        expect(evidence(value.join(' '), text)).toBe('span');
        expect(evidence(value.join(' ').toUpperCase(), text)).toBe('span-ignoring-case');
      }),
    );
  });
});
