import { byteAlphabet } from './byte-alphabet.js';

/** Tokenizer metadata small enough to write down: special tokens, all 256 bytes, a few merges. For tests. */
export function tinyMetadata(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const special = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
  const merges = ['h e', 'l l', 'he ll', 'hell o', 'Ġ hello', 'Ġ Ġ', 'Ċ Ċ', '1 2', 'i m', "' s"];
  const tokens = [...special, ...byteAlphabet, ...merges.map((merge) => merge.replace(' ', '')), '<custom>'];
  return {
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'smollm',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.merges': merges,
    'tokenizer.ggml.token_type': tokens.map((text) => (special.includes(text) ? 3 : text === '<custom>' ? 4 : 1)),
    'tokenizer.ggml.eos_token_id': 2,
    ...changes,
  };
}
