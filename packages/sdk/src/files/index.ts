export { FileError, fileErrorFrom } from './file-error.js';
export { fileSha256, readDataset, readJsonFile, readScenarios, readTextFile, readToolset } from './read-file.js';
export { isTemporaryFileOf, replaceFile, writeFileAtomic } from './write-file-atomic.js';
