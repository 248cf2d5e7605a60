export { type AdapterDifference, AdapterError } from './adapter-error.js';
export { type AdapterSurroundings, checkAdapterFits } from './check-adapter-fits.js';
export { type Grounding, groundTools } from './grounded-tools.js';
export { type OpenModel, openModel } from './open-model.js';
export { baseModelFormat, promptFormatOf } from './prompt-format.js';
export {
  type AdapterBundle,
  type IntentAdapterBundle,
  loadableAdapter,
  readAdapterBundle,
  resolveIntentAdapter,
  resolveToolAdapter,
  type ToolAdapterBundle,
} from './read-adapter-bundle.js';
