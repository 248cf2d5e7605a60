export { createTokenizer } from './create-tokenizer.js';
export { tokenizerFingerprint } from './fingerprint.js';
export { type HuggingFaceTokenizer, huggingFaceTokenizer } from './hugging-face-tokenizer.js';
export type { Tokenizer } from './tokenizer.js';
export { TokenizerError } from './tokenizer-error.js';
export { type TokenizerFiles, tokenizerMetadata } from './tokenizer-json.js';
