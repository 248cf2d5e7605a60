import { resolve } from 'node:path';
import type { LlamaModel } from 'node-llama-cpp';
import { EngineError } from './engine-error.js';
import { explainNativeError, loadNativeLlama } from './native-llama.js';

interface SharedModel {
  model: Promise<LlamaModel>;
  users: number;
}

const sharedModels = new Map<string, SharedModel>();

/** A loaded model that several engines use; the last one to release it frees it. */
export interface ModelLease {
  model: LlamaModel;
  release(): Promise<void>;
}

/**
 * Loads a GGUF model, or joins the one already loaded from this path.
 * @throws EngineError `engine/native-unavailable`, `engine/model-unreadable`
 */
export async function leaseModel(modelPath: string): Promise<ModelLease> {
  const key = resolve(modelPath);
  let shared = sharedModels.get(key);
  if (shared === undefined) {
    shared = { model: loadModel(key), users: 0 };
    sharedModels.set(key, shared);
  }
  const entry = shared;
  entry.users++;
  const leave = () => --entry.users === 0 && sharedModels.get(key) === entry && sharedModels.delete(key);
  try {
    const model = await entry.model;
    let released = false;
    return {
      model,
      async release() {
        if (released) return;
        released = true;
        if (leave()) await model.dispose();
      },
    };
  } catch (error) {
    leave();
    throw error;
  }
}

async function loadModel(modelPath: string): Promise<LlamaModel> {
  const llama = await loadNativeLlama();
  try {
    return await llama.loadModel({ modelPath, gpuLayers: 0 });
  } catch (cause) {
    const message = `${modelPath}: llama.cpp cannot load this model: ${explainNativeError(cause)}`;
    throw new EngineError('engine/model-unreadable', message, { cause });
  }
}
