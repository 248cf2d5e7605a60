import { resolve } from 'node:path';
import type { LlamaModel } from 'node-llama-cpp';
import { EngineError } from './engine-error.js';
import { explainNativeError, loadNativeLlama, type NativeLlama } from './native-llama.js';

interface LoadedModel {
  model: LlamaModel;
  native: NativeLlama;
}

interface SharedModel {
  loaded: Promise<LoadedModel>;
  users: number;
}

const sharedModels = new Map<string, SharedModel>();

/** A loaded model that several engines use; the last one to release it frees it. */
export interface ModelLease extends LoadedModel {
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
    shared = { loaded: loadModel(key), users: 0 };
    sharedModels.set(key, shared);
  }
  const entry = shared;
  entry.users++;
  const leave = () => --entry.users === 0 && sharedModels.get(key) === entry && sharedModels.delete(key);
  try {
    const loaded = await entry.loaded;
    let released = false;
    return {
      ...loaded,
      async release() {
        if (released) return;
        released = true;
        if (leave()) await loaded.model.dispose();
      },
    };
  } catch (error) {
    leave();
    throw error;
  }
}

async function loadModel(modelPath: string): Promise<LoadedModel> {
  const native = await loadNativeLlama();
  try {
    return { native, model: await native.llama.loadModel({ modelPath, gpuLayers: 0 }) };
  } catch (cause) {
    const message = `${modelPath}: llama.cpp cannot load this model: ${explainNativeError(cause)}`;
    throw new EngineError('engine/model-unreadable', message, { cause });
  }
}
