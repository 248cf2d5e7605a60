import type { ConfigurationProgress } from '../evaluation/index.js';
import { createProgress, formatSeconds, formatShare, type Output, type Progress } from '../terminal/index.js';

/** A bar for each configuration, one after another. */
export function createEvaluationView(output: Output): { show(progress: ConfigurationProgress): void; stop(): void } {
  let current: { configuration: string; progress: Progress; started: number } | undefined;
  return {
    show({ configuration, done, total, exact }) {
      if (current?.configuration !== configuration) {
        current?.progress.stop();
        // The first row is done already: its time is not known.
        current = { configuration, progress: createProgress(output, configuration), started: performance.now() };
      }
      const secondsARow = done === 1 ? Number.NaN : (performance.now() - current.started) / 1000 / (done - 1);
      const left = formatSeconds(secondsARow * (total - done));
      current.progress.update(done / total, `${done}/${total} rows, exact ${formatShare(exact / done)}, ${left} left`);
    },
    stop: () => current?.progress.stop(),
  };
}
