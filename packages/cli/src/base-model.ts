import { type PullProgress, type ResolvedBaseModel, resolveBaseModel } from '@tooltune/sdk/models';
import type { CommandContext } from './command-context.js';
import { createProgress, formatBytes, type Output, type Progress } from './terminal/index.js';

/**
 * The base model that the user named, pulled first where that is needed, with a bar.
 * @throws ModelError
 */
export async function prepareBaseModel(
  { terminal, signal }: CommandContext,
  idOrPath: string,
  { silent }: { silent: boolean },
): Promise<ResolvedBaseModel> {
  const view = silent ? undefined : createPullView(terminal.notices, idOrPath);
  try {
    return await resolveBaseModel(idOrPath, {
      signal,
      ...(view === undefined ? {} : { onProgress: view.show }),
    });
  } finally {
    view?.stop();
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
