export { type Grounding, type GroundingEvidence, groundingEvidence, inferGrounding } from './infer-grounding.js';
export { foldCase, type GroundingMode, isGroundedSpan, isWordCharacter, wordBoundaries } from './word-spans.js';
