export { CodegenError } from './codegen-error.js';
export { type GenerateCodeOptions, generateCode } from './generate-code.js';
