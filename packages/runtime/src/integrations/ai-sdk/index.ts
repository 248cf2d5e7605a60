export { createTooltune, type TooltuneLanguageModel } from './create-tooltune.js';
export type { TooltuneProviderOptions } from './provider-options.js';
