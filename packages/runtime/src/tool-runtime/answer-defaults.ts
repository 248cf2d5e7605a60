import { randomUUID } from 'node:crypto';

/** Most tokens of an answer, where nothing else is said. */
export const defaultMaxTokens = 512;

/** An id for a call that has none yet. */
export const createCallId = (): string => `call_${randomUUID().replaceAll('-', '')}`;
