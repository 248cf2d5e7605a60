import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { downloadFile } from '@huggingface/hub';
import type { BaseModel, ModelSource } from '../base-model.js';
import { ModelError } from '../model-error.js';
import { type Destination, receiveFile } from '../receive-file.js';

/** How a file is fetched from the hub. */
export interface HubOptions {
  /** Base address of the hub. Default: HF_ENDPOINT, else the hub itself. */
  hubUrl?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Gives up when nothing has come for so long. Default 60,000 ms. */
  stallTimeoutMs?: number | undefined;
  onBytes?: (received: number) => void;
}

/** Downloads a model from a repository of the Hugging Face hub. @throws ModelError */
export async function pullFromHub(
  source: Extract<ModelSource, { kind: 'hub' }>,
  model: BaseModel,
  destination: Destination,
  options: HubOptions,
): Promise<void> {
  const { stallTimeoutMs = 60_000 } = options;
  const stalled = new AbortController();
  const give = () =>
    stalled.abort(new ModelError('models/no-network', `nothing came for ${stallTimeoutMs / 1000} seconds`));
  let timer = setTimeout(give, stallTimeoutMs);
  const signal = AbortSignal.any([stalled.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const hubUrl = options.hubUrl ?? process.env.HF_ENDPOINT;
  try {
    const blob = await downloadFile({
      repo: source.repository,
      path: source.path,
      revision: source.revision,
      // One plain request: chunked storage would need addresses that a mirror does not have.
      xet: false,
      fetch: (input, init) => fetch(input, { ...init, signal }),
      ...(hubUrl === undefined || hubUrl === '' ? {} : { hubUrl }),
    }).catch((error: unknown) => {
      if (statusOf(error) === 404) return null;
      throw error;
    });
    if (blob === null) {
      throw new ModelError('models/not-found', `has no ${source.path} at ${source.revision.slice(0, 12)}`);
    }
    const content = Readable.fromWeb(blob.stream() as ReadableStream);
    await receiveFile(content, model, destination, {
      signal,
      onBytes(received) {
        clearTimeout(timer);
        timer = setTimeout(give, stallTimeoutMs);
        options.onBytes?.(received);
      },
    });
  } catch (error) {
    throw stalled.signal.aborted && !options.signal?.aborted ? stalled.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : undefined;
}
