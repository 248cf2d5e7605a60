export { formatBytes, formatCount, formatMilliseconds, formatSeconds, formatShare } from './format.js';
export { printError } from './print-error.js';
export { createProgress, type Progress, silentProgress } from './progress.js';
export { type Column, formatTable } from './table.js';
export {
  createTerminal,
  type Output,
  printJson,
  printJsonLine,
  printLine,
  printNotice,
  type Terminal,
} from './terminal.js';
