import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { closed, declaredOnly, inDeclaredOrder } from './declared-properties.js';
import type { Case, Engine, Verdict } from './engine.js';
import { removalsOf } from './keyword-removal.js';

/** An instance on which our engine and another one say different things. */
export interface Disagreement {
  case: string;
  instance: string;
  peer: string;
  ours: Verdict;
  theirs: Verdict;
  valid: boolean;
  /** The first of what was removed without which they agree, or `several`. */
  cause: string;
  /** Without it the peer's verdict is the same as with it. */
  peerIgnoresIt: boolean;
  schema: JsonSchema;
  data: JsonValue;
}

interface Open {
  index: number;
  ours: Verdict;
  theirs: Verdict;
}

/** Where our verdicts differ from those of a peer, each with its cause. */
export async function compare(
  { name, schema, instances, ...settings }: Case,
  ours: Engine,
  peer: Engine,
  verdicts: { ours: readonly Verdict[]; theirs: readonly Verdict[] },
): Promise<Disagreement[]> {
  let open: Open[] = [];
  for (const index of instances.keys()) {
    const pair = { ours: verdicts.ours[index]!, theirs: verdicts.theirs[index]! };
    if (!agree(pair.ours, pair.theirs)) open.push({ index, ...pair });
  }
  const found: Disagreement[] = [];
  const settle = (entry: Open, cause: string, peerIgnoresIt: boolean) => {
    const { description, data, valid } = instances[entry.index]!;
    const { ours: our, theirs } = entry;
    const disagreement = { case: name, instance: description, peer: peer.name, ours: our, theirs, valid };
    found.push({ ...disagreement, cause, peerIgnoresIt, schema, data });
  };
  const attempt = async (cause: string, reduced: JsonSchema, change = (value: JsonValue) => value) => {
    if (open.length === 0) return;
    const values = open.map(({ index }) => change(instances[index]!.data));
    const our = await ours.judge(reduced, values, settings);
    const theirs = await peer.judge(reduced, values, settings);
    open = open.filter((entry, position) => {
      if (!agree(our[position]!, theirs[position]!)) return true;
      settle(entry, cause, entry.theirs.kind === theirs[position]!.kind);
      return false;
    });
  };
  /**
   * A peer may let a declared property pass as an undeclared one, of any value: it rejects only where there are none.
   * That must not be because of properties that are undeclared indeed.
   */
  const attemptClosed = async () => {
    const tried = open.filter(({ ours: our, theirs }) => our.kind === 'rejected' && theirs.kind === 'accepted');
    const values = tried.map(({ index }) => declaredOnly(schema, instances[index]!.data));
    if (values.length === 0) return;
    const our = await ours.judge(schema, values, settings);
    const theirs = await peer.judge(schema, values, settings);
    const whenClosed = await peer.judge(closed(schema), values, settings);
    for (const [position, entry] of tried.entries()) {
      const kinds = [our, theirs, whenClosed].map((verdicts) => verdicts[position]!.kind);
      if (kinds.join() !== 'rejected,accepted,rejected') continue;
      settle(entry, 'declared properties pass as undeclared', false);
      open = open.filter((other) => other !== entry);
    }
  };
  const isReordered = open.some(({ theirs }) => theirs.kind === 'rejected');
  if (isReordered) await attempt('order of properties', schema, (value) => inDeclaredOrder(schema, value));
  if (open.length > 0) await attemptClosed();
  if (open.length > 0) for (const { cause, reduce } of removalsOf(schema)) await attempt(cause, reduce(schema));
  for (const entry of open) settle(entry, 'several', false);
  return found;
}

/** That both refuse a schema is no agreement on an instance, but no disagreement either. */
function agree(one: Verdict, other: Verdict): boolean {
  return one.kind === other.kind && one.kind !== 'failed';
}
