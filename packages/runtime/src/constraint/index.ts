export {
  type CompiledConstraint,
  compileSchema,
  compileToolConstraint,
  explain,
  type StartOptions,
} from './compiled-constraint.js';
export { ConstraintError, type ConstraintErrorCode } from './constraint-error.js';
export type { PropertyOrder } from './grammar/object-automaton.js';
export type { SchemaOptions } from './grammar/schema-compiler.js';
export type { ToolChoice, ToolGrammarOptions } from './grammar/tool-grammar.js';
export type { KeywordReport } from './schema/schema-keywords.js';
export { createVocabulary, type Vocabulary, type VocabularyTokenizer } from './tokens/vocabulary.js';
