import type { IntentAdapterManifest, IntentKind, IntentLevel } from '@tooltune/sdk';

/** What a manifest says of the answers: how texts are classified, and what can be answered. */
export interface LabelKind {
  kind: IntentKind;
  /** Out of scope, or the reference, aside. */
  intents: string[];
  /** Of a score. */
  levels: IntentLevel[] | undefined;
}

export function labelKind({ kind, labels }: Pick<IntentAdapterManifest, 'kind' | 'labels'>): LabelKind {
  const intents = labels.flatMap(({ intent }) => (intent === null ? [] : [intent]));
  const levels = kind === 'ordinal' ? labels.map(({ intent, value = 0 }) => ({ level: intent!, value })) : undefined;
  return { kind: kind ?? 'single', intents, levels };
}
