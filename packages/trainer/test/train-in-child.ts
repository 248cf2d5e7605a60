import { trainTiny } from './tiny-training.js';

// Arguments: folder of the model, output folder, and the step at which to stand still, to be killed there.
const [folder, output, lastStep] = process.argv.slice(2) as [string, string, string];

await trainTiny(folder, output, {
  onEvent(event) {
    if (event.type !== 'step' || event.step < Number(lastStep)) return;
    process.stdout.write('waiting\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
