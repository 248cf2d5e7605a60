import { EngineError, flattenMetadata } from '../engine/index.js';

/** The metadata of a GGUF file, without its weights. @throws EngineError `engine/model-unreadable` */
export async function readModelMetadata(path: string): Promise<Record<string, unknown>> {
  const { readGgufFileInfo } = await import('node-llama-cpp');
  try {
    const { metadata } = await readGgufFileInfo(path, {
      readTensorInfo: false,
      sourceType: 'filesystem',
      logWarnings: false,
    });
    return flattenMetadata(metadata);
  } catch (cause) {
    throw new EngineError('engine/model-unreadable', `${path}: this is no GGUF file`, { cause });
  }
}
