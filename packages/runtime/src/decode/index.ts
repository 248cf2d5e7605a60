export { type DecodedToken, type DecodeFeedback, type DecodeOptions, type DecodeResult, decode } from './decode.js';
export { DecodeError } from './decode-error.js';
export { greedySampling, type Sampling } from './sampling.js';
