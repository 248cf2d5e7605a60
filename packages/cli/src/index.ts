export { type ExitCode, exitCodes } from './exit-codes.js';
export { type RunTooltuneOptions, runTooltune } from './run-tooltune.js';
