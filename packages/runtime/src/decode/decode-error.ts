import { TooltuneError } from '@tooltune/sdk';

/** Decoding cannot go on: the constraint allows no token and no end (`decode/dead-end`). */
export class DecodeError extends TooltuneError {}
