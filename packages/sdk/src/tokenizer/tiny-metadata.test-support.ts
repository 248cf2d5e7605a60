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

/** SentencePiece metadata small enough to write down: an end of turn, two runs of spaces, all 256 bytes, a few pieces. */
export function tinySentencePieces(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  const pieces = ['he', 'lo', 'el', 'll', '▁he', 'hello', '▁', 'h', 'e', 'l', 'o'];
  const tokens = ['<eos>', '<end_of_turn>', '  ', '   ', ...bytes, ...pieces];
  return {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.scores': tokens.map((text) => (pieces.includes(text) ? -pieces.indexOf(text) : -1000)),
    'tokenizer.ggml.token_type': tokens.map((text) =>
      text.startsWith('<0x') ? 6 : text.startsWith('<') ? 3 : text.startsWith(' ') ? 4 : 1,
    ),
    'tokenizer.ggml.eos_token_id': 0,
    'tokenizer.ggml.add_space_prefix': false,
    ...changes,
  };
}
