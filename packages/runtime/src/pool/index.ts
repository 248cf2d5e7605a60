export type {
  AdapterLease,
  AdapterPool,
  AdapterPoolEntry,
  AdapterPoolOptions,
  BareBaseOptions,
  PooledIntentClassifier,
  PooledToolRuntime,
} from './adapter-pool.js';
export { createAdapterPool } from './create-adapter-pool.js';
export { PoolError } from './pool-error.js';
