import { sha256Hex } from '../hash/index.js';
import type { Tokenizer } from './tokenizer.js';

/** Texts that tokenizers are known to disagree about. Never change them: fingerprints are kept in adapters. */
const probes = [
  'The quick brown fox jumps over the lazy dog.',
  "I'm sure they'll've said: DON'T!",
  '  two  spaces\ttab\r\n\n\nlines \u00a0\u3000 ',
  '0 12 345 6789 10:30 3.14159 1e-7 ½ ٣٤٥',
  '{"name":"set_timer","arguments":{"minutes":5,"label":null,"on":[true,false]}}',
  '<tool_call>{"a":"\\u00e9\\n"}</tool_call>',
  'const f = (x) => x ** 2; // größer\n\treturn !f;\n',
  'Straße naïve Ελλάδα Привет שלום مرحبا नमस्ते 你好 こんにちは 안녕하세요',
  '👍🏽 👩‍👩‍👧‍👦 🇩🇪 🏳️‍🌈 é e\u0301',
  '<|im_start|>user\nhi<|im_end|>\n<|eot_id|><|endoftext|></s><end_of_turn>',
] as const;

/** SHA-256 (hex) of what a tokenizer does with fixed texts, and of its number of tokens: equal for equal tokenizers. */
export function tokenizerFingerprint(tokenizer: Tokenizer): string {
  const ids = probes.flatMap((probe) => [tokenizer.encode(probe), tokenizer.encode(probe, { special: false })]);
  return sha256Hex(JSON.stringify([tokenizer.vocabularySize, tokenizer.endOfTurnToken, ids]));
}
