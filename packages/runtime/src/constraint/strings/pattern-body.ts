import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { assertionBody } from './assertion-automaton.js';
import { type CodePointRanges, intersect } from './code-points.js';
import { anyBody } from './json-string.js';
import { type Assertion, optionsOf, type Pattern, partsOf, repetitionPattern, sequencePattern } from './pattern.js';
import { FOUND, isCompilable, PatternCompiler, type Rest } from './pattern-compiler.js';
import { parsePattern, type RegularExpression } from './regular-expression.js';
import { endedOrOpen } from './search-automaton.js';

const SURROGATES: CodePointRanges = [[0xd800, 0xdfff]];

/**
 * String bodies (what stands between the quotes of a JSON string, written as JSON.stringify does) in which the pattern
 * is found: those of texts for which `new RegExp(source, 'u').test(text)`, or without the `u` where only that is an
 * expression. Exactly `anyBody` where that is every text and can be seen to be.
 * Throws a PatternError for what is no expression, for back references, and for what needs too many states.
 */
export function patternBody(arena: ExpressionArena, source: string): number {
  return regularBody(arena, parsePattern(source));
}

/** As patternBody, of a parsed pattern. */
export function regularBody(arena: ExpressionArena, { pattern, unicode }: RegularExpression): number {
  const options = optionsOf(pattern).map(splitLookbehind);
  const isSimple = options.every(({ pattern }) => isCompilable(pattern)) && (unicode || !readsHalves(pattern));
  if (!isSimple) return assertionBody(arena, { pattern, unicode });
  const compiler = new PatternCompiler(arena);
  const found = options.map((option) => {
    const rest = search(arena, compiler, option.pattern);
    if (option.before.length === 0) return rest;
    const wanted = option.before.map((look) => before(arena, compiler, look));
    return { ended: arena.intersection([endedOrOpen(arena, rest.ended, rest.open), ...wanted]), open: NOTHING };
  });
  return endedOrOpen(
    arena,
    arena.alternation(found.map(({ ended }) => ended)),
    arena.alternation(found.map(({ open }) => open)),
  );
}

/** Whether halves of a surrogate pair may be told apart: where sets have any, or a match could begin between them. */
function readsHalves(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'set':
      return intersect(pattern.ranges, SURROGATES).length > 0;
    case 'sequence':
      return pattern.parts.some(readsHalves);
    case 'alternation':
      return pattern.options.some(readsHalves);
    case 'repetition':
    case 'look':
      return readsHalves(pattern.part);
    default:
      return false;
  }
}

type Lookbehind = Extract<Assertion, { kind: 'look' }>;

/** An option without the lookbehinds right before its `$`: these say something about the string as a whole. */
function splitLookbehind(pattern: Pattern): { pattern: Pattern; before: Lookbehind[] } {
  const parts = [...partsOf(pattern)];
  const before: Lookbehind[] = [];
  if (parts.at(-1)?.kind !== 'end') return { pattern, before };
  for (let last = parts.at(-2); last?.kind === 'look' && last.behind && last.part.isPlain; last = parts.at(-2)) {
    before.push(last);
    parts.splice(-2, 1);
  }
  return { pattern: sequencePattern(parts), before };
}

/** Strings that end as a lookbehind asks; a complement where it is negated. */
function before(arena: ExpressionArena, compiler: PatternCompiler, { part, negated }: Lookbehind): number {
  const wanted = arena.sequence(anyBody(arena), compiler.plain(part));
  return negated ? arena.complement(wanted) : wanted;
}

/** The pattern anywhere in the string. */
function search(arena: ExpressionArena, compiler: PatternCompiler, pattern: Pattern): Rest {
  if (!hasStart(pattern)) return precede(arena, compiler.compile(withoutFreeStart(pattern), false, FOUND, FOUND));
  const first = compiler.compile(pattern, true, FOUND, FOUND);
  const later = precede(arena, compiler.compile(pattern, false, FOUND, FOUND));
  return {
    ended: arena.alternation([first.ended, later.ended]),
    open: arena.alternation([first.open, later.open]),
  };
}

/** Any characters in front. What is found at the end of the string is then found in every string. */
function precede(arena: ExpressionArena, { ended, open }: Rest): Rest {
  if (arena.isNullable(ended) || arena.isNullable(open)) return FOUND;
  const anything = anyBody(arena);
  return { ended: arena.sequence(anything, ended), open: arena.sequence(anything, open) };
}

function hasStart(pattern: Pattern): boolean {
  if (pattern.isPlain) return false;
  switch (pattern.kind) {
    case 'sequence':
      return pattern.parts.some(hasStart);
    case 'alternation':
      return pattern.options.some(hasStart);
    case 'repetition':
    case 'look':
      return hasStart(pattern.part);
    default:
      return pattern.kind === 'start';
  }
}

/** Behind any characters what may be left out at the start may as well be: `.*a+b` is found where `ab` is. */
function withoutFreeStart(pattern: Pattern): Pattern {
  const parts = partsOf(pattern);
  const first = parts.findIndex((part) => !(part.isPlain && part.isNullable));
  if (first < 0) return sequencePattern([]);
  const [part, ...rest] = parts.slice(first);
  if (part!.kind !== 'repetition' || !part!.isPlain) return sequencePattern([part!, ...rest]);
  return sequencePattern([repetitionPattern(part!.part, part!.minimum, part!.minimum), ...rest]);
}
