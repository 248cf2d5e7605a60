import fc from 'fast-check';
import type { LlamaModel } from 'node-llama-cpp';
import { expect } from 'vitest';
import type { Tokenizer } from './index.js';

/** Texts by what makes them hard to cut into tokens. */
export const corpus: Readonly<Record<string, readonly string[]>> = {
  words: [
    '',
    ' ',
    'a',
    'Hello, world!',
    "I'm sure they'll've SAID it's WE'RE 'twas rock'n'roll '' ' 's",
    'antidisestablishmentarianism supercalifragilisticexpialidocious',
    'x'.repeat(5_000),
    'ab'.repeat(3_000),
    'The quick brown fox. '.repeat(400),
  ],
  'numbers split into digits': [
    '0',
    '1234567890',
    'a1b22c333',
    ' 1 12 123',
    '3.14159e-10',
    '½ ² Ⅷ ٣٤٥ १२३ 𝟙𝟚 五',
    '10:30',
    '-0',
  ],
  'white space': [
    '  ',
    '\t',
    '\n',
    '\r\n',
    '\n\n\n',
    ' \n \n ',
    'a  b   c    d',
    'a\tb\t\tc',
    '\r\n\r\na\r\n  b',
    'a \n',
    'a\n 1',
    'a   1',
    '   ',
    '\u00a0\u00a0a\u00a0 b',
    '\u0085\u2028\u2029\u3000\u1680\u202f a',
    '\ufeffa\u200b\u200db',
    `${' '.repeat(300)}x${'\n'.repeat(300)}`,
    '\0a\0\u0001\u007f',
  ],
  code: [
    'function f(x) {\n  return x?.y ?? [...x] // yes\n}\n',
    'if (a !== b && c <= d || !e) { x **= 2; }',
    '#!/bin/sh\necho "$1" | grep -E \'^[a-z]+$\' > /dev/null 2>&1\n',
    'def f(x: int) -> str:\n\treturn f"{x!r:>10}"\n',
    '{"name":"play","arguments":{"title":"Für Elise","year":1810,"loud":false,"tags":[null,1.5e3]}}',
    '<tool_call>{"name":"a","arguments":{}}</tool_call>\n<tool_response>\n{}\n</tool_response>',
    '<div class="a">&amp;</div><!-- x -->',
    '\\u00e9 \\n \\\\ "\\""',
  ],
  languages: [
    'Straße naïve façade Ærøskøbing İstanbul',
    'Ελληνικά Привет мир שלום עולם مرحبا بالعالم',
    'नमस्ते दुनिया বাংলা தமிழ் ไทยไม่มีเว้นวรรค',
    '你好，世界。こんにちは、カタカナ。안녕하세요 세계',
    'e\u0301 é ﬁ Ａ ǅ ʰ ª',
    'Zalgo: h̵̛͕e̸̮̾l̷̰̈l̶͎̄o̴̱͗',
    '𐍈 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎𠜱 🂡',
    '\u061c\u200e\u202emixed\u202c \u0378 \u{10ffff} \ue000',
  ],
  emoji: [
    '😀😃 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇫🇷 1️⃣ ❤️‍🔥 🫨',
    '👩🏽‍🚀a👩🏽‍🚀 👩🏽‍🚀',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  ],
  'special tokens': [
    '<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n',
    '<|im_end|><|im_end|>',
    ' <|im_end|> ',
    'a<|im_start|>b<|endoftext|>1',
    '<|im_start<|im_start|>|>',
    '<repo_name>x<reponame>y<file_sep><filename><jupyter_start>',
    '<|IM_END|> <|im_end| > < |im_end|>',
    '|<|im_end|>|',
  ],
  'half surrogate pairs': ['\ud83d', 'a\ud83d b', '\ude00', '\ud83d\ud83d\ude00', '\ude00\ud83d', '<|im_end|>\udfff'],
};

/** Random texts, of the corpus's texts and of others. */
export const randomPieces: fc.Arbitrary<string[]> = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r', 'a', '1', "'", 's', '.', '\u00a0') }),
    fc.constantFrom(
      ...Object.values(corpus)
        .flat()
        .filter(({ length }) => length < 200),
    ),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  ),
);

/** Texts of 128 characters each, every one beside a letter, a space and a digit: all of Unicode that is assigned. */
export function* everyCharacter(): Generator<string> {
  // Unicode has nothing from U+32400 to U+E0000, and only private use above U+F0000.
  const last = (code: number) => (code < 0x32400 ? 0x323ff : 0xe01ff);
  for (const start of [0, 0xe0000]) {
    for (let code = start; code <= last(start); code += 128) {
      let text = '';
      for (let each = code; each < code + 128; each++) {
        const character = String.fromCodePoint(each);
        text += `a${character} ${character}1`;
      }
      yield text;
    }
  }
}

/** Both must give the same ids, with special tokens taken for what they are and taken for text. */
export function expectSameIds(tokenizer: Tokenizer, reference: LlamaModel, text: string): void {
  for (const special of [true, false]) {
    const ours = tokenizer.encode(text, { special });
    const theirs = reference.tokenize(text, special);
    if (ours.length !== theirs.length || ours.some((id, index) => id !== theirs[index])) {
      expect({ text, special, ids: ours }).toEqual({ text, special, ids: theirs });
    }
  }
}
