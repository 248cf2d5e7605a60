export type { TokenConstraint } from './token-constraint.js';
