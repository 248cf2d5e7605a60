/** Trains a case with tooltune, a step a turn: `train-worker.js FOLDER VARIANT`. */
import { trainAdapter } from '@tooltune/trainer';
import { openCase } from './case-folder.js';
import { trainingOptions, type Variant } from './training-options.js';
import { awaitTurn, peakBytes, report } from './turns.js';

const [folder, variant] = process.argv.slice(2) as [string, Variant];
let started = 0;
let processor = process.cpuUsage();
const turn = () => {
  awaitTurn();
  processor = process.cpuUsage();
  started = performance.now();
};
await trainAdapter({
  ...(await trainingOptions(folder, await openCase(folder), variant)),
  onEvent: (event) => {
    if (event.type === 'start') {
      report({ type: 'ready', versions: {}, peakBytes: peakBytes() });
      turn();
    } else if (event.type === 'step') {
      const seconds = (performance.now() - started) / 1000;
      const { user, system } = process.cpuUsage(processor);
      const processorSeconds = (user + system) / 1e6;
      report({ type: 'step', seconds, processorSeconds, loss: event.loss, peakBytes: peakBytes() });
      turn();
    }
  },
});
report({ type: 'end', peakBytes: peakBytes() });
