import type { ExpressionArena } from '../grammar/expression-arena.js';

/** False for a vocabulary that lacks a digit. */
export function hasDigits(arena: ExpressionArena): boolean {
  for (let digit = 0x30; digit <= 0x39; digit++) if (!arena.isUsable(digit)) return false;
  return true;
}
