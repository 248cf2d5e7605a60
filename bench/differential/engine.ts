import type { JsonSchema, JsonValue } from '@tooltune/sdk';

/** One schema, its instances and what is published about them. */
export interface Case {
  /** `not | forbidden property`, `Github_easy---o123`. */
  name: string;
  schema: JsonSchema;
  instances: { description: string; data: JsonValue; valid: boolean }[];
  formats: 'assert' | 'annotation';
  /** Documents that the schema may refer to, by URI. */
  remotes: ReadonlyMap<string, JsonValue>;
}

/** `refused`: the schema is not compiled. `failed`: it is, but the engine threw or contradicts itself. */
export interface Verdict {
  kind: 'accepted' | 'rejected' | 'refused' | 'failed';
  reason?: string;
}

export interface Engine {
  name: string;
  version: string;
  /** A verdict on each instance. Never rejects. */
  judge(schema: JsonSchema, instances: readonly JsonValue[], settings: CaseSettings): Promise<Verdict[]>;
}

export type CaseSettings = Pick<Case, 'formats' | 'remotes'>;

export function sameForAll(instances: readonly JsonValue[], verdict: Verdict): Verdict[] {
  return instances.map(() => verdict);
}
