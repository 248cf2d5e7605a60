import { type Random, TooltuneError } from '@tooltune/sdk';
import type { TrainingExample } from './training-example.js';

/** General rows that are mixed into every epoch. */
export interface Replay {
  /** Rows an epoch. */
  readonly perEpoch: number;
  /** All that is drawn from; none where nothing is. */
  readonly rows: ReadonlySet<TrainingExample>;
  /** The rows of an epoch, counted from 1; the same whenever it is asked. */
  draw(epoch: number): TrainingExample[];
}

/** Nothing is mixed in. */
const noReplay: Replay = { perEpoch: 0, rows: new Set(), draw: () => [] };

/**
 * Rehearsal against forgetting (Robins 1995; for instructions Scialom et al. 2022): a share of every epoch's rows is of
 * another, general kind. Each epoch goes on where the one before ended, so that every general row is learnt from before
 * any is again.
 * @param share of all rows of an epoch, those to learn included; 0 for none, below 1
 * @param rows to draw from
 * @param options.learnt rows to learn in an epoch
 * @param options.random forked by round
 * @throws TooltuneError `training/bad-rows` where there is nothing to draw from
 */
export function createReplay(
  share: number,
  rows: readonly TrainingExample[],
  { learnt, random }: { learnt: number; random: Random },
): Replay {
  if (share === 0) return noReplay;
  if (rows.length === 0) {
    throw new TooltuneError(
      'training/bad-rows',
      "no general row fits into this model's context or chat template; train without replay",
    );
  }
  const perEpoch = Math.max(1, Math.round((learnt * share) / (1 - share)));
  return {
    perEpoch,
    rows: new Set(rows),
    draw(epoch) {
      const drawn: TrainingExample[] = [];
      while (drawn.length < perEpoch) {
        const at = (epoch - 1) * perEpoch + drawn.length;
        const order = random.fork(`replay-${Math.floor(at / rows.length)}`).shuffle(rows);
        const start = at % rows.length;
        drawn.push(...order.slice(start, start + perEpoch - drawn.length));
      }
      return drawn;
    },
  };
}
