export { CodegenError } from './codegen-error.js';
export { type GenerateCodeOptions, generateCode, generateTypes } from './generate-code.js';
