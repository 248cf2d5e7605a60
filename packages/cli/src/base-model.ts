import { type AdapterManifest, TooltuneError } from '@tooltune/sdk';
import {
  knownModelId,
  ModelError,
  type PullProgress,
  type ResolvedBaseModel,
  resolveBaseModel,
} from '@tooltune/sdk/models';
import type { CommandContext } from './command-context.js';
import { createProgress, formatBytes, type Output, type Progress } from './terminal/index.js';

/**
 * The base model that the user named, pulled first where that is needed, with a bar. A Hugging Face folder will do only
 * where `folders` says so.
 * @throws ModelError
 */
export async function prepareBaseModel(
  { terminal, signal }: CommandContext,
  idOrPath: string,
  { silent, folders = false }: { silent: boolean; folders?: boolean },
): Promise<ResolvedBaseModel> {
  const view = silent ? undefined : createPullView(terminal.notices, idOrPath);
  try {
    return await resolveBaseModel(idOrPath, {
      signal,
      folders,
      ...(view === undefined ? {} : { onProgress: view.show }),
    });
  } finally {
    view?.stop();
  }
}

const notHere = ['models/unknown-model', 'models/not-found'];

/**
 * The base model of an adapter: the one the user names, else the one the adapter names.
 * @throws ModelError; TooltuneError `runtime/base-not-found` where the adapter was trained on a file that is not here
 */
export async function prepareBaseOf(
  context: CommandContext,
  adapter: string,
  { base }: AdapterManifest,
  options: { base: string | undefined; silent: boolean; folders?: boolean },
): Promise<ResolvedBaseModel> {
  try {
    return await prepareBaseModel(context, options.base ?? knownModelId(base), options);
  } catch (error) {
    // With failures it is a known model that could not be pulled.
    const isUnknown = error instanceof ModelError && error.failures.length === 0 && notHere.includes(error.code);
    if (options.base !== undefined || !isUnknown) throw error;
    const message = `${adapter}: the adapter was trained on ${base.id} (SHA-256 ${base.sha256}); say with --base where that is`;
    throw new TooltuneError('runtime/base-not-found', message, { cause: error });
  }
}

/** A bar for each source that is tried. */
function createPullView(output: Output, id: string): { show(progress: PullProgress): void; stop(): void } {
  let source: string | undefined;
  let progress: Progress | undefined;
  return {
    show(event) {
      if (source !== event.source) {
        progress?.stop();
        source = event.source;
        progress = createProgress(output, id);
        progress.note(`pulling ${id} from ${source}`);
      }
      const { receivedBytes, totalBytes } = event;
      const fraction = totalBytes > 0 ? Math.min(1, receivedBytes / totalBytes) : 0;
      progress?.update(fraction, `${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)}`);
    },
    stop: () => progress?.stop(),
  };
}
