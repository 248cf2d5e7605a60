import { ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { patternBody } from '../strings/pattern-body.js';
import { encodeUtf8 } from '../utf8.js';
import type { SchemaPattern } from './schema-node.js';

/**
 * A pattern as ECMA-262 reads it: with the `u` flag, as JSON Schema asks, or without it for the many patterns that
 * escape what needs no escape. Undefined where it is no regular expression either way.
 */
export function compilePattern(source: string): SchemaPattern | undefined {
  const expression = compile(source, 'u') ?? compile(source, '');
  if (expression === undefined) return undefined;
  return { source, expression: canBacktrack(source) ? new LinearPattern(source, expression) : expression };
}

function compile(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** Whether something that is repeated has repetitions or alternatives inside: that can take exponential time. */
function canBacktrack(source: string): boolean {
  return /[+*?}|][^()]*\)+\??[+*{]/.test(source);
}

/** Tests by the automaton, in linear time; by backtracking only where there is none. */
class LinearPattern {
  private readonly source: string;
  private readonly native: RegExp;
  private arena: ExpressionArena | undefined;
  private start = NOTHING;

  constructor(source: string, native: RegExp) {
    this.source = source;
    this.native = native;
  }

  test(text: string): boolean {
    if (/\p{Cs}/u.test(text)) return this.native.test(text);
    try {
      if (this.arena === undefined) {
        this.arena = new ExpressionArena();
        this.start = patternBody(this.arena, this.source);
      }
      this.arena.renew();
      let state = this.start;
      for (const byte of encodeUtf8(JSON.stringify(text).slice(1, -1))) {
        state = this.arena.derivative(state, byte);
        if (state === NOTHING) return false;
      }
      return this.arena.isNullable(state);
    } catch {
      return this.native.test(text);
    }
  }
}
