export { adapterFingerprint } from './adapter-fingerprint.js';
export { confidenceBin, confidenceBins, intentBaseline, observedBaseline, toolBaseline } from './baseline.js';
export { DriftMonitor, type DriftMonitorOptions } from './drift-monitor.js';
export {
  type DriftLimits,
  type DriftOptions,
  type DriftReport,
  type JudgedDistribution,
  type JudgedRate,
  measureDrift,
} from './measure-drift.js';
export { type DriftObservation, observationOf } from './observation.js';
export { type PopulationStability, populationStability, stabilityLimits } from './population-stability.js';
