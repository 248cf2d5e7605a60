import { SingleBar } from 'cli-progress';
import type { Output } from './terminal.js';

/** How far long work is. */
export interface Progress {
  /** @param fraction from 0 to 1 @param text what to show beside it */
  update(fraction: number, text: string): void;
  /** A line that stays. */
  note(line: string): void;
  /** Takes the bar away. */
  stop(): void;
}

const secondsBetweenLines = 20;
const fractionBetweenLines = 0.05;

/** A bar on a terminal; elsewhere a line at the beginning, then every 20 seconds or 5%, and at the end. */
export function createProgress(output: Output, title: string): Progress {
  return output.isTTY === true ? createBar(output, title) : createLines(output, title);
}

/** Shows nothing: for --json. */
export const silentProgress: Progress = { update() {}, note() {}, stop() {} };

function createBar(output: Output, title: string): Progress {
  const bar = new SingleBar({
    stream: output,
    format: `${title} {bar} {percentage}% {text}`,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    linewrap: false,
    clearOnComplete: true,
    gracefulExit: false,
  });
  let running = false;
  let last: [number, string] = [0, ''];
  const show = () => {
    const [fraction, text] = last;
    if (running) bar.update(fraction, { text });
    else bar.start(1, fraction, { text });
    running = true;
  };
  const hide = () => {
    if (running) bar.stop();
    running = false;
  };
  return {
    update(fraction, text) {
      last = [fraction, text];
      show();
    },
    note(line) {
      const wasRunning = running;
      hide();
      output.write(`${line}\n`);
      if (wasRunning) show();
    },
    stop: hide,
  };
}

function createLines(output: Output, title: string): Progress {
  let lastFraction = Number.NEGATIVE_INFINITY;
  let lastTime = 0;
  return {
    update(fraction, text) {
      const now = performance.now();
      const isDue =
        fraction - lastFraction >= fractionBetweenLines ||
        now - lastTime >= secondsBetweenLines * 1000 ||
        (fraction >= 1 && lastFraction < 1);
      if (!isDue) return;
      lastFraction = fraction;
      lastTime = now;
      output.write(`${title} ${Math.floor(fraction * 100)}% ${text}\n`);
    },
    note(line) {
      output.write(`${line}\n`);
    },
    stop() {},
  };
}
