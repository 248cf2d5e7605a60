import type { GraphFeed, GraphSession } from '../local/graph-session.js';

type Feeds = Readonly<Record<string, GraphFeed>>;
type Outputs = Readonly<Record<string, Float32Array>>;

/**
 * Runs buildModelGraph's graph. Kernels of graphics cards refuse tensors of no rows, and a pass may have no labels of a kind:
 * there a label without weight stands in for none, and is taken out of what comes back.
 */
export function runPass<T>(
  session: Pick<GraphSession, 'device' | 'run'>,
  feeds: Feeds,
  use: (outputs: Outputs) => T,
): Promise<T> {
  if (session.device === 'cpu') return session.run(feeds, use);
  const [open, choices] = Array.from(feeds.labelSizes!.data, Number) as [number, number];
  const standsInOpen = open === 0;
  const standsInChoices = choices === 0;
  if (!standsInOpen && !standsInChoices) return session.run(feeds, use);
  return session.run(withStandIns(feeds, standsInOpen, standsInChoices), (outputs) => {
    // Open labels come first, so that a stand-in is the first of all or the last.
    const own = (all: Float32Array) => all.subarray(standsInOpen ? 1 : 0, standsInChoices ? -1 : undefined);
    const { nats, correct, choiceLogits } = outputs;
    const ofLabels = { nats: own(nats!), correct: own(correct!) };
    return use({
      ...outputs,
      ...ofLabels,
      choiceLogits: standsInChoices ? choiceLogits!.subarray(0, 0) : choiceLogits!,
    });
  });
}

function withStandIns(feeds: Feeds, open: boolean, choices: boolean): Feeds {
  const rows = [...(feeds.labelRows!.data as BigInt64Array)];
  if (open) rows.unshift(0n);
  if (choices) rows.push(0n);
  // A token without a label has the number of labels for a place.
  const labels = feeds.labelRows!.shape[0]!;
  const { data: slots, shape } = feeds.labelSlots as { data: BigInt64Array; shape: readonly number[] };
  const moved = slots.map((slot) => slot + BigInt(open) + BigInt(choices && Number(slot) === labels));
  const added: Record<string, GraphFeed> = {
    labelRows: { data: BigInt64Array.from(rows), shape: [rows.length] },
    labelSlots: { data: moved, shape },
    labelSizes: { data: (feeds.labelSizes!.data as BigInt64Array).map((size) => size || 1n), shape: [2] },
  };
  if (open) {
    added.labels = { data: BigInt64Array.of(0n), shape: [1] };
    added.labelWeights = { data: Float32Array.of(0), shape: [1, 1] };
    const signs = feeds.pairSigns;
    if (signs !== undefined) added.pairSigns = { data: new Float32Array(signs.shape[0]!), shape: [signs.shape[0]!, 1] };
  }
  if (choices) {
    const most = feeds.options!.shape[1]!;
    added.options = { data: new BigInt64Array(most), shape: [1, most] };
    added.optionMask = { data: new Float32Array(most), shape: [1, most] };
    added.choiceWeights = { data: Float32Array.of(0), shape: [1, 1] };
  }
  return { ...feeds, ...added };
}
