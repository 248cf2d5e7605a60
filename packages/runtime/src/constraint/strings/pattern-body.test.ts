import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import ecmascript from '../../../test/fixtures/ecmascript-patterns.json' with { type: 'json' };
import { matchesBody, shortestText } from '../../../test/string-bodies.js';
import { ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { anyBody } from './json-string.js';
import { PatternError } from './pattern.js';
import { patternBody } from './pattern-body.js';

/** The pattern as JSON Schema has it: with the `u` flag, or without where that is the only way. */
function native(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
}

/** As RegExp.test. V8 also tries the middle of surrogate pairs with the `u` flag, which ECMA-262 does not. */
function isFound(expression: RegExp, text: string): boolean {
  if (!expression.unicode) return expression.test(text);
  const sticky = new RegExp(expression.source, 'uy');
  let index = 0;
  for (const character of [...text, '']) {
    sticky.lastIndex = index;
    if (sticky.test(text)) return true;
    index += character.length;
  }
  return false;
}

const TEXTS = [
  ...[
    '',
    'a',
    'b',
    'ab',
    'ba',
    'aa',
    'bb',
    'aab',
    'abb',
    'bab',
    'xab',
    'ab,x',
    'x',
    ',x',
    'a-b',
    '-',
    'a_',
    '{',
    'a{1',
  ],
  ...['foo', 'xfoo', 'foox', 'xfoox', ' foo', 'foo bar', 'foo foo ', 'barfoo', 'a\nb', '\n', 'a b', ' ', '\t', '"\\'],
  ...[
    'abc1defgh',
    '12345678a',
    '12345678',
    'é',
    'né',
    '😀',
    '😁',
    '😀😀',
    'a😀',
    '😀a😀',
    'ß',
    'π3',
    '\u2028',
    '\u0001',
  ],
  ...[
    'aaaaaaaaaaaaaaaaaaaaaaaa',
    'a.b.c',
    '127.0.0.1',
    '<!-- -->',
    '<!-- -->-->',
    'k',
    'p{L}',
    'u{61}',
    '\\c',
    '\u0008',
  ],
];

const PATTERNS = [
  // Anchors
  ...[
    '^a|b$',
    '^$',
    'a^b',
    '$a',
    'a$b',
    '(^a)',
    '(a|^)b',
    '(^|,)x',
    '(?:^a|b){1,3}c?$',
    '(^a|b)+$',
    '^^a$$',
    '(?:a|$)b?',
  ],
  ...[
    '',
    '(?:)',
    'a|',
    '^a?$|^b',
    'x{2,3}(?:$|y)',
    '(?:^)*a',
    '(?:^|$)+',
    '(?:^a$|^b$)',
    '^(?:a|^b)$',
    '^a$|^b$|^$',
    '^a$|b$',
    '^a|^b',
    '(^)?(a)(b|$)',
  ],
  // Sets
  ...[
    '^.*$',
    '^.$',
    '[^]',
    '[]',
    '^[^\\s]+$',
    '^[^]*$',
    '[\\s\\S]',
    '^\\S+\\s\\S+$',
    '[a-c\\d-]',
    '^[\\w.-]+$',
    '^[\\b]$',
  ],
  ...[
    '^\\p{L}+$',
    '\\P{L}',
    '^[\\p{Lu}\\p{Nd}]+$',
    '^[^\\p{L}]$',
    '\\p{Script=Greek}',
    '^\\cA$',
    '^\\x61\\u0062$',
    '^\\u{1F600}$',
  ],
  ...['^\\ud83d\\ude00$', '^[😀-😁]$', '😀', '^[^a]$', '\\ud83d', '["\\\\]', '^\\0$', '\\/', '^[\\u{0}-\\u{1F}]$'],
  // Repetitions
  ...[
    'x*',
    'x*?',
    'a{2}',
    '^a{2,}$',
    '^(?:a{1,2}){2,3}b*$',
    '(a*)*',
    '((a+)+)+$',
    '^(a?){3}$',
    '(.*a){3}',
    '^(?:ab?|b)+?$',
  ],
  // Words
  ...['foo|bar|b(?=o)', '^(?:foo|foobar|bar|ba)$', '^(?:a|ab|abb|abbb)$', 'a(?:|b|bc)$'],
  // Assertions
  ...[
    '^(?!.*foo).*$',
    '^(?=.*\\d)(?=.*[a-z]).{8,}$',
    '^(?:(?=a)..|b){1,2}$',
    'a(?=b$)',
    '(?!a)',
    '^(?!a)',
    '^(?!a|b$)\\w+$',
  ],
  ...[
    '^[a-c]{1,3}(?<!b)$',
    '(?<!b)(?<=a|c)$',
    '^(?=a)(?!ab)(?=.{2,3}$)',
    '^(?!(?!a))',
    '(?=(?=a)ab)',
    '(?=a)*',
    '(?!^a)b',
  ],
  ...[
    '\\bfoo\\b',
    '\\bx',
    'a\\b',
    '\\B',
    '^\\b',
    '\\B$',
    '^(?:\\b\\w+\\b ?)+$',
    '(\\b|x)+',
    '^(?:(?!foo).)*$',
    '(?:(?!foo).)*x',
  ],
  ...[
    '^<!--(?:(?!-->).)*-->$',
    '(?<=a)b',
    '(?<!a)b',
    '(?<=(?<!x)a)b',
    '(?<=a(?=b)).',
    '(?<!^)a',
    '(?<=^a)b',
    '(?<=\\bfoo) ',
  ],
  ...['(?:a(?=b)|b(?!b))*$', '^(?:(?=a)a|(?=b)b)+$', '(?<=(?=ab)a)b', '^(?:a(?!$))*b'],
  // Only expressions without the u flag
  ...[
    'a\\-b',
    '^[\\w\\-]+\\_$',
    '.\\-?$',
    '^.{2}\\-?$',
    '^[^a]\\-?$',
    '^😀\\-?$',
    '^\\ud83d\\-?',
    '^[\\w-z]$',
    'a{',
    'a{1',
    '\\k',
  ],
  ...[
    '\\p{L}',
    '\\u{2}',
    '^\\c\\-?',
    '^[\\c]$',
    '^\\61\\-?$',
    '^(?=a)*\\w$',
    ']',
    '\\_$',
    '\\8',
    '[\\1]',
    '^\\u\\{61\\}$',
    '^[^\\-]{2}\\_?$',
  ],
];

test.each(PATTERNS)('%j is found where RegExp finds it', (source) => {
  const arena = new ExpressionArena();
  const body = patternBody(arena, source);
  const expression = native(source);
  const wrong = TEXTS.filter((text) => matchesBody(arena, body, text) !== isFound(expression, text));
  expect(wrong).toEqual([]);
});

test.each(Object.entries(ecmascript.patterns))('JSON-Schema-Test-Suite: %j', (source, { valid, invalid }) => {
  const arena = new ExpressionArena();
  const body = patternBody(arena, source);
  expect([...valid, ...invalid].filter((text) => matchesBody(arena, body, text))).toEqual(valid);
});

const ATOMS = [
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\d',
  '\\w',
  '\\W',
  '\\s',
  '1',
  ' ',
  '\\n',
  '😀',
  '[😀b]',
  '[^\\s]',
  'é',
];
const LEGACY_ATOMS = ['\\-', '\\ud83d', '\\_', ']'];

function patterns(atoms: readonly string[]): fc.Arbitrary<string> {
  return fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      { weight: 4, arbitrary: fc.constantFrom(...atoms) },
      { weight: 1, arbitrary: fc.constantFrom('^', '$', '\\b', '\\B') },
      { weight: 4, arbitrary: fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('')) },
      { weight: 2, arbitrary: fc.tuple(tie('pattern'), tie('pattern')).map((parts) => `(?:${parts.join('|')})`) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,3}', '*?'))
          .map(([part, count]) => `(?:${part})${count}`),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom('?=', '?!', '?<=', '?<!'), tie('pattern'))
          .map(([kind, part]) => `(${kind}${part})`),
      },
    ),
  })).pattern;
}

const text = fc
  .array(fc.constantFrom('a', 'b', '1', ' ', '\n', '😀', '😁', 'é', '-'), { maxLength: 8 })
  .map((characters) => characters.join(''));

test.each([
  ['with the u flag', ATOMS],
  ['without it', [...ATOMS, ...LEGACY_ATOMS]],
])('random patterns %s are found where RegExp finds them', (_, atoms) => {
  fc.assert(
    fc.property(patterns(atoms), fc.array(text, { minLength: 12, maxLength: 12 }), (source, texts) => {
      const arena = new ExpressionArena();
      const body = patternBody(arena, source);
      const expression = native(source);
      for (const candidate of texts) {
        expect([candidate, matchesBody(arena, body, candidate)]).toEqual([candidate, isFound(expression, candidate)]);
      }
      const shortest = shortestText(arena, body);
      if (shortest !== undefined) expect(isFound(expression, shortest)).toBe(true);
    }),
    { numRuns: 250 },
  );
});

describe('what every text matches is free text', () => {
  const sources = [
    '',
    'x*',
    '(?:)',
    '.*',
    '^.*',
    '.*$',
    '^',
    '$',
    '^[^]*$',
    '^[\\s\\S]*$',
    '^(?:.|\\s)*$',
    'a|',
    '(a?)*',
    '^(?=.*)',
  ];
  test.each([...sources, '(?!a)', '^(?:(?=a)a|(?!a)[^])*$', '\\b|\\B'])('%j', (source) => {
    const arena = new ExpressionArena();
    expect(patternBody(arena, source)).toBe(anyBody(arena));
  });

  test('so is what follows the pattern', () => {
    const arena = new ExpressionArena();
    for (const source of ['^foo', 'foo', 'foo|^bar$', '^(?=foo)', '\\bfoo\\b']) {
      let rest = patternBody(arena, source);
      for (const character of 'foo ') rest = arena.derivative(rest, character.charCodeAt(0));
      expect(rest).toBe(anyBody(arena));
    }
  });
});

test.each(['a^b', '[]', '$a', '\\b\\B', '(?=a)b', '^(?!a)a', 'a(?<!a)'])(
  '%j matches nothing, which is seen',
  (source) => {
    expect(patternBody(new ExpressionArena(), source)).toBe(NOTHING);
  },
);

test.each([
  ['a numbered back reference', '(a)\\1', 'back references'],
  ['a named back reference', '(?<x>a)\\k<x>', 'back references'],
  ['an endless count', 'a{1000000000000}', 'counts above'],
  ['deep nesting', `${'('.repeat(300)}${')'.repeat(300)}`, 'nested more than 250 deep'],
  ['a very long pattern', 'a'.repeat(200_000), 'longer than'],
  ['many optional parts', `^${'a?'.repeat(5000)}$`, 'optional parts in a row'],
  ['exponentially many states', '\\b(a|b)*a(a|b){14}\\b', 'too many states'],
  ['large counts beside assertions', '\\b[a-z]{1,9000}\\b', 'counts are too large'],
])('%s is refused by name', (_, source, reason) => {
  let refusal: unknown;
  try {
    patternBody(new ExpressionArena(), source);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(PatternError);
  expect(refusal).toMatchObject({ supported: true, message: expect.stringMatching(reason) });
});

test.each(['(', 'a**', '[b-a]', '(?<n', '(?#x)'])('%j is no expression at all', (source) => {
  expect(() => patternBody(new ExpressionArena(), source)).toThrow(expect.objectContaining({ supported: false }));
});

test.each<[name: string, source: string, expressions: number]>([
  ['huge counts', '^(a{1000}){1000}$', 100],
  ['more huge counts', '^a{0,1000000}$', 100],
  ['nested repetitions', '((((a+)+)+)+)+$', 100],
  ['nested groups', `${'(a|'.repeat(240)}a${')+b'.repeat(240)}`, 2000],
  ['ten thousand words', Array.from({ length: 10_000 }, (_, index) => `word${index}`).join('|'), 2000],
  ['a thousand anchored words', Array.from({ length: 1000 }, (_, index) => `^word${index}$`).join('|'), 500],
  ['each word the start of the next', Array.from({ length: 400 }, (_, index) => 'a'.repeat(index)).join('|'), 1000],
  ['a long text', `^${'ab'.repeat(40_000)}$`, 100_000],
  ['many lookaheads', `^${'(?=.*a.{3}b)'.repeat(40)}.*$`, 500],
])('%s are built without writing them out', (_, source, expressions) => {
  const arena = new ExpressionArena();
  patternBody(arena, source);
  expect(arena.size).toBeLessThan(expressions);
});
