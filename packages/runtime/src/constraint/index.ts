export {
  type CompiledConstraint,
  compileSchema,
  compileToolConstraint,
  explain,
  type StartOptions,
} from './compiled-constraint.js';
export { ConstraintError, type ConstraintErrorCode } from './constraint-error.js';
export type { PropertyOrder } from './object-automaton.js';
export type { SchemaOptions } from './schema-compiler.js';
export type { KeywordReport } from './schema-keywords.js';
export type { ToolChoice, ToolGrammarOptions } from './tool-grammar.js';
export { createVocabulary, type Vocabulary, type VocabularyTokenizer } from './vocabulary.js';
