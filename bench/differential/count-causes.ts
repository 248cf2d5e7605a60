import type { Disagreement } from './compare.js';
import type { Verdict } from './engine.js';

/** How often something makes a peer say another thing than we do. */
export interface CauseCounts {
  cause: string;
  schemas: number;
  instances: number;
  peerAccepts: number;
  peerRejects: number;
  peerRefuses: number;
  weRefuse: number;
  /** An engine threw, or contradicts itself. */
  failures: number;
  /** The published verdict is ours. */
  weAreRight: number;
  peerIsRight: number;
  /** The peer's verdict is the same without the keyword. */
  peerIgnoresIt: number;
}

/** Disagreements by cause, the most frequent first. */
export function groupByCause(disagreements: readonly Disagreement[]): [string, Disagreement[]][] {
  const causes = new Map<string, Disagreement[]>();
  for (const disagreement of disagreements) {
    const known = causes.get(disagreement.cause);
    if (known === undefined) causes.set(disagreement.cause, [disagreement]);
    else known.push(disagreement);
  }
  return [...causes].sort((a, b) => b[1].length - a[1].length);
}

export function countCause(cause: string, list: readonly Disagreement[]): CauseCounts {
  const count = (test: (disagreement: Disagreement) => boolean) => list.filter(test).length;
  const hasFailed = ({ ours, theirs }: Disagreement) => ours.kind === 'failed' || theirs.kind === 'failed';
  const peerIs = (kind: Verdict['kind']) =>
    count((entry) => entry.theirs.kind === kind && entry.ours.kind !== 'refused' && !hasFailed(entry));
  return {
    cause,
    schemas: new Set(list.map((disagreement) => disagreement.case)).size,
    instances: list.length,
    peerAccepts: peerIs('accepted'),
    peerRejects: peerIs('rejected'),
    peerRefuses: peerIs('refused'),
    weRefuse: count((entry) => entry.ours.kind === 'refused' && !hasFailed(entry)),
    failures: count(hasFailed),
    weAreRight: count(({ ours, valid }) => isRight(ours, valid)),
    peerIsRight: count(({ theirs, valid }) => isRight(theirs, valid)),
    peerIgnoresIt: count(({ peerIgnoresIt }) => peerIgnoresIt),
  };
}

export function isRight({ kind }: Verdict, valid: boolean): boolean {
  return kind === (valid ? 'accepted' : 'rejected');
}
