export {
  type CompiledConstraint,
  type CompileOptions,
  compileSchema,
  compileToolConstraint,
  type SchemaConstraint,
  type StartOptions,
} from './compiled-constraint.js';
export { ConstraintError, type ConstraintErrorCode } from './constraint-error.js';
export { explain, type KeywordReport } from './explain.js';
export type { CallFormat, CallFormatName } from './grammar/call-format.js';
export type { ToolChoice, ToolGrammarOptions } from './grammar/tool-grammar.js';
export type { TokenPreference } from './grammar-walk.js';
export type { SchemaViolation } from './schema/evaluate-schema.js';
export type { DecodedText, DeferredReport, SchemaOptions } from './schema-grammar.js';
export {
  createVocabulary,
  openVocabulary,
  type Vocabulary,
  type VocabularyData,
  type VocabularyTokenizer,
} from './tokens/vocabulary.js';
export type { Whitespace } from './values/value-grammar.js';
export type { PropertyOrder } from './values/values.js';
