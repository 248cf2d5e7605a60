export { formatLocation, type SourceLocation, TooltuneError } from './tooltune-error.js';
