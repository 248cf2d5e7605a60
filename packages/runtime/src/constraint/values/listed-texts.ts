import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { decodeUtf8 } from '../utf8.js';

/** Bytes after which a text is taken to be one of endlessly many. */
const MAXIMUM_BYTES = 256;

const known = new WeakMap<ExpressionArena, Map<string, readonly string[] | undefined>>();

/** The texts of an expression of string bodies, where there are at most so many; otherwise undefined. */
export function listedTexts(arena: ExpressionArena, expression: number, most: number): readonly string[] | undefined {
  let ofArena = known.get(arena);
  if (ofArena === undefined) known.set(arena, (ofArena = new Map()));
  const key = `${expression} ${most}`;
  if (!ofArena.has(key)) ofArena.set(key, findTexts(arena, expression, most));
  return ofArena.get(key);
}

function findTexts(arena: ExpressionArena, expression: number, most: number): readonly string[] | undefined {
  const texts: string[] = [];
  const waiting: { state: number; bytes: readonly number[] }[] = [{ state: expression, bytes: [] }];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const { state, bytes } = entry;
    if (arena.isNullable(state)) texts.push(JSON.parse(`"${decodeUtf8(Uint8Array.from(bytes))}"`) as string);
    for (let byte = 0; byte < 256; byte++) {
      const after = arena.derivative(state, byte);
      if (after === NOTHING) continue;
      if (bytes.length === MAXIMUM_BYTES) return undefined;
      waiting.push({ state: after, bytes: [...bytes, byte] });
    }
    // Everything that waits leads to some text.
    if (texts.length + waiting.length > most) return undefined;
  }
  return texts;
}
