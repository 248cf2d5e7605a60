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
export type { ToolChoice, ToolGrammarOptions } from './grammar/tool-grammar.js';
export type { DeferredReport, SchemaOptions } from './schema-grammar.js';
export { createVocabulary, type Vocabulary, type VocabularyTokenizer } from './tokens/vocabulary.js';
export type { Whitespace } from './values/value-grammar.js';
export type { PropertyOrder } from './values/values.js';
