export { createTokenizer } from './create-tokenizer.js';
export { tokenizerFingerprint } from './fingerprint.js';
export type { Tokenizer } from './tokenizer.js';
export { TokenizerError } from './tokenizer-error.js';
