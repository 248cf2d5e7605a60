export type { Architecture } from './architecture.js';
export { architectureNames, findArchitecture } from './registry.js';
