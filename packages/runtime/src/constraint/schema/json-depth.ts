import type { JsonValue } from '@tooltune/sdk';

/** Whether lists and objects are nested more than `limit` deep. */
export function isDeeperThan(value: JsonValue, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  for (const inner of Object.values(value)) if (isDeeperThan(inner, limit - 1)) return true;
  return false;
}
