import { type ConversationExample, type Example, splitDataset } from '../dataset/index.js';
import { TooltuneError } from '../errors/index.js';
import { createRandom } from '../random/index.js';
import type { Scenario } from '../scenarios/index.js';
import type { Toolset } from '../toolset/index.js';
import { createRowGate } from './accept/row-gate.js';
import { chance, choose, chooseWeighted } from './choose.js';
import { createContext } from './create-context.js';
import { maskRows } from './masking/mask-rows.js';
import { defaultShares, type RowKind, rowKinds, rowMakers } from './rows/row-kinds.js';
import { aimAt, createTargets } from './targets/scenario-targets.js';

export interface GenerateOptions {
  toolset: Toolset;
  /** Real requests with the calls that answer them. What they say, and how, is varied and recombined. */
  seeds?: readonly ConversationExample[] | undefined;
  /** Rows in all, seeds and general rows included. */
  count: number;
  seed?: number | string;
  /** Share of each kind of row; those left out have their default, unless all are given. Need not add up to 1. */
  shares?: Partial<Record<RowKind, number>> | undefined;
  /** Shares that are held out of training. Default 0.1 each. */
  validationFraction?: number | undefined;
  testFraction?: number | undefined;
  /** Requests that no generated row asks, or asks nearly. */
  heldOut?: readonly string[] | undefined;
  /** Situations that the model must be better at: more rows like them, but never their own requests. */
  scenarios?: readonly Scenario[] | undefined;
  /** Share of the generated rows that are made for the scenarios. Default 0.5. */
  scenarioShare?: number | undefined;
  /** Share of the rows to train on whose tools and arguments have invented names, in their own toolset. Default 0. */
  mask?: number | undefined;
  /** Rows that a teacher wrote; kept as far as they are no near-duplicates. */
  taught?: readonly ConversationExample[] | undefined;
  /** General rows, mixed in as a share of all; fewer where there are not so many. Default none. */
  replay?: { share: number; rows: readonly ConversationExample[] } | undefined;
}

export interface GeneratedDataset {
  train: ConversationExample[];
  validation: ConversationExample[];
  test: ConversationExample[];
  /** Rows by kind; seeds are `seed`, general rows `replay`, a teacher's `teacher`. */
  kinds: Record<string, number>;
  /** Rows made for each scenario, by its name. */
  targeted: Record<string, number>;
  /** Rows to train on with invented names. */
  masked: number;
}

/** Draws in a row that bring nothing new before it is said that there is no more to say. */
const patience = 500;

/**
 * Writes a data set from a toolset: requests composed from names, descriptions and schemas, and from what few seeds say.
 * Every call is valid, every value in it is said, and no generated row is nearly another. The same options give the same
 * rows.
 * @throws TooltuneError `generate/bad-option`, `generate/exhausted` where the tools do not give so many different rows
 */
export function generateDataset(options: GenerateOptions): GeneratedDataset {
  const { toolset, seeds = [], count, seed = 1, scenarios = [], scenarioShare = 0.5, replay, heldOut = [] } = options;
  if (!Number.isInteger(count) || count < 1)
    throw new TooltuneError('generate/bad-option', `count must be a whole number above 0, it is ${count}`);
  const random = createRandom(seed).fork('generate');
  const context = createContext(toolset, seeds, random);
  const targets = createTargets(scenarios, context.materials);
  const gate = createRowGate({ toolset, heldOut: [...heldOut, ...targets.flatMap(({ requests }) => requests)] });
  const rows: ConversationExample[] = [];
  const kinds: Record<string, number> = {};
  const targeted: Record<string, number> = Object.fromEntries(targets.map(({ name }) => [name, 0]));
  const keep = (example: ConversationExample, kind: string) => {
    rows.push({ ...example, location: { file: 'generated', line: rows.length + 1 } });
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  };
  for (const example of seeds) if (rows.length < count && gate.addAsIs(example)) keep(example, 'seed');
  for (const example of options.taught ?? []) {
    if (rows.length < count && gate.add(example) === undefined) keep(example, 'teacher');
  }
  if (replay !== undefined) {
    const wanted = Math.round(replay.share * count);
    for (const example of createRandom(seed).fork('replay').shuffle(replay.rows)) {
      if ((kinds.replay ?? 0) < wanted && rows.length < count && gate.add(example) === undefined)
        keep(example, 'replay');
    }
  }
  const weights = new Map<RowKind, number>(
    rowKinds.map((kind) => [kind, { ...defaultShares, ...options.shares }[kind]]),
  );
  const failures = new Map<RowKind, number>();
  const openTargets = new Set(targets);
  const failedTargets = new Map<string, number>();
  while (rows.length < count) {
    if (openTargets.size > 0 && chance(random, scenarioShare)) {
      const target = choose(random, [...openTargets]);
      const { kind, messages } = aimAt(target, context);
      if (messages !== undefined && gate.add(asExample(messages)) === undefined) {
        keep(asExample(messages), kind);
        targeted[target.name] = targeted[target.name]! + 1;
        failedTargets.delete(target.name);
        continue;
      }
      const failed = (failedTargets.get(target.name) ?? 0) + 1;
      failedTargets.set(target.name, failed);
      if (failed >= patience / 5) openTargets.delete(target);
      continue;
    }
    if (![...weights.values()].some((weight) => weight > 0)) {
      const message = `these tools gave ${rows.length} different rows and no more; ask for fewer (--count ${rows.length}), or give more seeds`;
      throw new TooltuneError('generate/exhausted', message);
    }
    const kind = chooseWeighted(random, rowKinds, (one) => weights.get(one)!);
    const messages = rowMakers[kind](context);
    if (messages !== undefined && gate.add(asExample(messages)) === undefined) {
      keep(asExample(messages), kind);
      failures.set(kind, 0);
      continue;
    }
    // A kind that has no more to say leaves its share to the others.
    const failed = (failures.get(kind) ?? 0) + 1;
    failures.set(kind, failed);
    if (failed >= (kind === 'call' ? patience : patience / 5)) weights.set(kind, 0);
  }
  const parts = splitRows(rows, options);
  const { train, masked } = maskRows(parts.train, toolset, options.mask ?? 0, createRandom(seed).fork('mask'));
  return { ...parts, train, kinds, targeted, masked };
}

const asExample = (messages: ConversationExample['messages']): ConversationExample => ({
  kind: 'conversation',
  messages,
  location: { file: 'generated' },
});

/** Rows to train on, to validate with and to test with; those that ask the same stay together. */
export function splitRows<T extends Example>(
  rows: readonly T[],
  {
    seed = 1,
    validationFraction = 0.1,
    testFraction = 0.1,
  }: Pick<GenerateOptions, 'seed' | 'validationFraction' | 'testFraction'>,
): { train: T[]; validation: T[]; test: T[] } {
  const { train: others, heldOut: test } = splitDataset(rows, { seed: `${seed}/test`, fraction: testFraction });
  const fraction = Math.min(1, validationFraction / Math.max(1e-9, 1 - testFraction));
  const { train, heldOut: validation } = splitDataset(others, { seed: `${seed}/validation`, fraction });
  return { train, validation, test } as { train: T[]; validation: T[]; test: T[] };
}
