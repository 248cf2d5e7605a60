export type { Balance } from './check-balance.js';
export {
  type CheckDatasetOptions,
  checkDataset,
  type DatasetCheck,
  type DatasetStatistics,
} from './check-dataset.js';
export { type CheckedFile, type CheckFinding, type FileRole, fileRoles, roleOfFile } from './check-finding.js';
export { askedWords } from './check-repetitions.js';
export { type CheckRule, type CheckSeverity, checkRules } from './check-rules.js';
export { type DatasetCard, type DatasetCardOptions, datasetCard } from './dataset-card.js';
export type { ArgumentStatistics, Distribution, RowKinds, ToolStatistics } from './dataset-statistics.js';
export {
  createNearDuplicateIndex,
  findNearDuplicates,
  type NearDuplicate,
  type NearDuplicateOptions,
  textSimilarity,
} from './near-duplicates.js';
export { findPersonalData, type PersonalData, type PersonalDataKind, personalDataKinds } from './personal-data.js';
export { type RedactedDataset, type RedactOptions, Redactor, redactDataset } from './redact-dataset.js';
export { SaidText } from './said-text.js';
export { type ValueEvidence, valueEvidence } from './value-evidence.js';
