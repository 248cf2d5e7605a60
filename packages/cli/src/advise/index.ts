export { formatAdvice } from './advice-table.js';
export type { AdviceTaskOptions } from './advice-task.js';
export { divideRows } from './divide-rows.js';
export { intentTask } from './intent-task.js';
export { type AdviceEvent, type MeasuredAdvice, measureAdvice } from './measure-advice.js';
export { toolTask } from './tool-task.js';
