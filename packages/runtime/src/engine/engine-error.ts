import { TooltuneError } from '@tooltune/sdk';

/** Stable codes of EngineError. */
export type EngineErrorCode =
  | 'engine/native-unavailable'
  | 'engine/model-unreadable'
  | 'engine/adapter-unreadable'
  | 'engine/out-of-memory'
  | 'engine/evaluation-failed'
  | 'engine/context-full'
  | 'engine/disposed';

/** The model could not be loaded or run. */
export class EngineError extends TooltuneError {
  constructor(code: EngineErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(code, message, options);
  }
}
