export { FileError } from './file-error.js';
export { fileSha256, readDataset, readJsonFile, readTextFile, readToolset } from './read-file.js';
export { writeFileAtomic } from './write-file-atomic.js';
