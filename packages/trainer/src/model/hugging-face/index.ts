export { weightFiles } from './checkpoint.js';
export { openHuggingFaceFolder } from './open-folder.js';
