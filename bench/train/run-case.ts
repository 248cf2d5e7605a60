import { fileURLToPath } from 'node:url';
import type { OpenedCase } from './case-folder.js';
import { type ParticipantResult, peerName, variantNames } from './case-result.js';
import { Participant } from './participant.js';
import type { Peft } from './peft.js';
import type { Variant } from './training-options.js';

/** Beside this file where it runs. */
const worker = fileURLToPath(new URL('./train-worker.js', import.meta.url));

export interface RunOptions {
  folder: string;
  variants: readonly Variant[];
  /** Absent where the peer does not take part. */
  peft: Peft | undefined;
  onStep: (step: number, seconds: Record<string, number>) => void;
}

/**
 * Lets all participants train a case, a step each in turn and in another order each time, so that whatever else the
 * machine does hits all alike. Each is a process of its own, which sleeps while others compute.
 */
export async function runCase(
  opened: OpenedCase,
  { folder, variants, peft, onStep }: RunOptions,
): Promise<{ participants: ParticipantResult[]; versions: Record<string, string> }> {
  const started: Participant[] = [];
  const results: (ParticipantResult & { participant: Participant })[] = [];
  const versions: Record<string, string> = {};
  const start = async (participant: Participant) => {
    started.push(participant);
    const ready = await participant.ready();
    Object.assign(versions, ready.versions);
    results.push({ participant, name: participant.name, steps: [], peakBytes: 0, loadedPeakBytes: ready.peakBytes });
  };
  try {
    // One after the other: each reads the whole model.
    if (peft !== undefined) {
      const parameters = [peft.script, 'train', peft.base, folder];
      await start(new Participant(peerName, peft.python, parameters, peft.environment));
    }
    for (const variant of variants) {
      await start(new Participant(variantNames[variant], process.execPath, [worker, folder, variant]));
    }
    for (let step = 0; step < opened.batches.length; step++) {
      const first = step % results.length;
      for (const result of [...results.slice(first), ...results.slice(0, first)]) {
        const { seconds, processorSeconds, loss } = await result.participant.step();
        result.steps.push({ seconds, processorSeconds, loss });
      }
      onStep(step + 1, Object.fromEntries(results.map(({ name, steps }) => [name, steps.at(-1)!.seconds])));
    }
    for (const result of results) result.peakBytes = (await result.participant.end()).peakBytes;
    return { participants: results.map(({ participant: _, ...result }) => result), versions };
  } finally {
    for (const participant of started) participant.kill();
  }
}
