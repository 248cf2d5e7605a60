export { type TelemetryOptions, traceClassifier, traceRuntime } from './trace.js';
