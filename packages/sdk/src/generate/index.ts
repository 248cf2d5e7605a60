export { type GenerateBesideOptions, generateBeside } from './generate-beside.js';
export { type GeneratedDataset, type GenerateOptions, generateDataset } from './generate-dataset.js';
export {
  type GeneratedIntents,
  type GenerateIntentsOptions,
  generateIntents,
} from './intents/generate-intents.js';
export { defaultShares, type RowKind, rowKinds } from './rows/row-kinds.js';
export { type GeneratedStyle, type GenerateStyleOptions, generateStyle } from './style/generate-style.js';
export {
  estimateTeacherTokens,
  type TaughtRows,
  type TeacherProgress,
  type TeacherRefusal,
  type TeachRowsOptions,
  teachRows,
} from './teacher/teach-rows.js';
export type { Teacher, TeacherQuestion } from './teacher/teacher.js';
