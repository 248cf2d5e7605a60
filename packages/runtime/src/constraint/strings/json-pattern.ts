import { ALL_CODE_POINTS } from './code-points.js';
import { EMPTY_TEXT, type ExpressionArena, UNBOUNDED } from './expression-arena.js';
import { canonicalCharacter, quote } from './json-string.js';
import { type Pattern, PatternError, parsePattern } from './regular-expression.js';

/**
 * A JSON string, written as JSON.stringify does, in which the pattern is found. As JSON Schema has it the pattern may
 * stand anywhere in the string unless `^` and `$` tie it down.
 * @param maximum Most code points before and after a pattern that is not tied down; UNBOUNDED for no bound.
 * Throws a PatternError for what is not supported.
 */
export function jsonPattern(arena: ExpressionArena, source: string, maximum: number = UNBOUNDED): number {
  const anything = arena.repetition(canonicalCharacter(arena, ALL_CODE_POINTS), 0, maximum);
  const pattern = parsePattern(source);
  const options = pattern.kind === 'alternation' ? pattern.options : [pattern];
  const body = arena.alternation(
    options.map((option) => {
      const parts = option.kind === 'sequence' ? option.parts : [option];
      const starts = parts[0]?.kind === 'start';
      const ends = parts.length > (starts ? 1 : 0) && parts.at(-1)?.kind === 'end';
      const inner = parts.slice(starts ? 1 : 0, ends ? -1 : undefined);
      return arena.sequence(
        starts ? EMPTY_TEXT : anything,
        ...inner.map((part) => expressionOf(arena, part)),
        ends ? EMPTY_TEXT : anything,
      );
    }),
  );
  return arena.sequence(quote(arena), body, quote(arena));
}

function expressionOf(arena: ExpressionArena, pattern: Pattern): number {
  switch (pattern.kind) {
    case 'set':
      return canonicalCharacter(arena, pattern.ranges);
    case 'sequence':
      return arena.sequence(...pattern.parts.map((part) => expressionOf(arena, part)));
    case 'alternation':
      return arena.alternation(pattern.options.map((option) => expressionOf(arena, option)));
    case 'repetition':
      return arena.repetition(expressionOf(arena, pattern.part), pattern.minimum, pattern.maximum);
    case 'start':
    case 'end':
      throw new PatternError('anchors are supported only at the two ends of the pattern or of its alternatives');
  }
}
