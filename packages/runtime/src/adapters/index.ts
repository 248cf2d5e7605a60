export { type AdapterDifference, AdapterError } from './adapter-error.js';
export { type AdapterSurroundings, checkAdapterFits } from './check-adapter-fits.js';
export { type Grounding, groundTools } from './grounded-tools.js';
export { type AdapterBundle, loadableAdapter, readAdapterBundle } from './read-adapter-bundle.js';
