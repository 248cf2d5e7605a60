/** Two answers of a pack that are compared. */
export interface WeightedPair {
  /** Leaves of the pack. */
  preferred: number;
  other: number;
  /** By how much more likely the reference model finds the preferred one, in nats. */
  referenceMargin: number;
  /** In the loss; usually 1 / pairs of the whole batch. */
  weight: number;
}

/** What the losses of a pack count. */
export interface LossWeights {
  /** Weight of a leaf's labels in the loss, usually 1 / labels of the whole batch; leaves as the pack counts them. */
  ofLeaf: (leaf: number) => number;
  /** Preferences; for a graph that has them. */
  pairs?: readonly WeightedPair[];
}
