export type { ToolCaller, ToolCallerAnswer } from './tool-caller.js';
