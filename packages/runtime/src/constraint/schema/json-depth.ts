import type { JsonValue } from '@tooltune/sdk';

/**
 * Visits a JSON value and all that is in it, whatever its depth (no recursion), until `visit` returns true.
 * @returns Whether it did.
 */
export function someJson(value: JsonValue, visit: (value: JsonValue, depth: number) => boolean): boolean {
  const open: { value: JsonValue; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: current, depth } = next;
    if (visit(current, depth)) return true;
    if (typeof current !== 'object' || current === null) continue;
    for (const inner of Object.values(current)) open.push({ value: inner, depth: depth + 1 });
  }
  return false;
}
