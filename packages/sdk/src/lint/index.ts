export {
  type LintFinding,
  type LintOptions,
  type LintRule,
  type LintSeverity,
  lintRules,
  lintToolset,
} from './lint-toolset.js';
