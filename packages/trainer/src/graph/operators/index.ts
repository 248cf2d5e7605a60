export { add } from './add.js';
export { type AttentionLayout, type AttentionShape, attention, attentionLayout } from './attention.js';
export { type CrossEntropy, crossEntropy } from './cross-entropy.js';
export { gatherRows } from './gather-rows.js';
export { type LoraProjection, loraLinear } from './lora-linear.js';
export { rmsNorm } from './rms-norm.js';
export { type RotaryTables, rotary, rotaryTables } from './rotary.js';
export { swiglu } from './swiglu.js';
