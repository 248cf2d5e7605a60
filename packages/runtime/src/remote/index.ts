export {
  createRemoteToolRuntime,
  type RemoteServerKind,
  type RemoteToolRuntimeOptions,
} from './create-remote-tool-runtime.js';
export type { RemoteTimeouts } from './remote-client.js';
export { RemoteError, type RemoteErrorCode, type RemotePhase } from './remote-error.js';
export type { RetryOptions } from './retry-policy.js';
export { type ServerConstraintOptions, toolCallSchema, toolGrammarText } from './server-constraint.js';
export type { ServerAdapter, ServerConstraint } from './server-settings.js';
