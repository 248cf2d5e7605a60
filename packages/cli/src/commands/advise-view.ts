import type { AdviceEvent } from '../advise/index.js';
import {
  createProgress,
  formatCount,
  formatSeconds,
  formatShare,
  type Output,
  type Progress,
} from '../terminal/index.js';

/** A bar for each thing that takes long, and a line for each that is done. */
export function createAdviceView(output: Output): { show(event: AdviceEvent): void; stop(): void } {
  let current: { title: string; progress: Progress } | undefined;
  const progressOf = (title: string) => {
    if (current?.title !== title) {
      current?.progress.stop();
      current = { title, progress: createProgress(output, title) };
    }
    return current.progress;
  };
  return {
    stop: () => current?.progress.stop(),
    show(event) {
      switch (event.type) {
        case 'asking':
          progressOf(event.name).update(
            event.done / event.total,
            `${event.done}/${event.total} rows, right ${formatShare(event.right / event.done)}`,
          );
          break;
        case 'training':
          if (event.event.type !== 'step') break;
          progressOf(`training ${event.name}`).update(
            event.event.step / event.event.steps,
            `step ${event.event.step}/${event.event.steps}, ${formatSeconds(event.event.secondsLeft)} left`,
          );
          break;
        case 'measured': {
          const { name, answers } = event.approach;
          const share = answers.filter(({ right }) => right).length / answers.length;
          current?.progress.stop();
          current = undefined;
          output.write(`${name}: ${formatShare(share)} of ${formatCount(answers.length, 'row')} right\n`);
          break;
        }
        case 'skipped':
          current?.progress.stop();
          current = undefined;
          output.write(`${event.name}: left out, ${event.reason}\n`);
      }
    },
  };
}
