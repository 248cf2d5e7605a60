import type { ExpressionArena } from '../src/constraint/grammar/expression-arena.js';
import { decodeUtf8, encodeUtf8 } from '../src/constraint/utf8.js';

/** Whether the expression matches what JSON.stringify writes between the quotes for this text. */
export function matchesBody(arena: ExpressionArena, expression: number, text: string): boolean {
  let rest = expression;
  for (const byte of encodeUtf8(JSON.stringify(text).slice(1, -1))) rest = arena.derivative(rest, byte);
  return arena.isNullable(rest);
}

/** The shortest text that the expression matches, found as generation finds it; undefined where it matches nothing. */
export function shortestText(arena: ExpressionArena, expression: number): string | undefined {
  const length = arena.minimumLength(expression);
  if (length === Number.POSITIVE_INFINITY) return undefined;
  const bytes: number[] = [];
  for (let rest = expression; bytes.length < length; rest = arena.derivative(rest, bytes.at(-1)!)) {
    bytes.push(arena.shortestByte(rest));
  }
  return JSON.parse(`"${decodeUtf8(Uint8Array.from(bytes))}"`);
}
