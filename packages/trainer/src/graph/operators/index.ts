export { add } from './add.js';
export { addBias } from './add-bias.js';
export { type AttentionLayout, type AttentionShape, attention, attentionLayout } from './attention.js';
export {
  type CrossEntropy,
  choiceCrossEntropy,
  crossEntropy,
  type LabelLoss,
  type OutputHead,
  vocabularyLogits,
  weightedLoss,
} from './cross-entropy.js';
export { DropoutMasks } from './dropout.js';
export { embedding } from './embedding.js';
export { gatherRows } from './gather-rows.js';
export { geglu } from './geglu.js';
export { linear } from './linear.js';
export { type LoraOptions, type LoraProjection, loraLinear } from './lora-linear.js';
export { binaryChoiceCrossEntropy, softChoiceCrossEntropy } from './option-targets.js';
export { type PreferenceLoss, type PreferencePairs, preferenceLoss } from './preference-loss.js';
export { headRmsNorm, rmsNorm } from './rms-norm.js';
export { type RotaryFrequencies, type RotaryPairs, type RotaryTables, rotary, rotaryTables } from './rotary.js';
export { splitRows } from './split-rows.js';
export { swiglu } from './swiglu.js';
