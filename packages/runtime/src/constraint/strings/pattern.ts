import { UNBOUNDED } from '../grammar/expression-arena.js';
import { type CodePointRanges, normaliseRanges } from './code-points.js';

/** A parsed pattern. Groups are gone: what they hold stands in their place. */
export type Pattern = PatternFacts &
  (
    | { readonly kind: 'set'; readonly ranges: CodePointRanges }
    | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
    | { readonly kind: 'alternation'; readonly options: readonly Pattern[] }
    | { readonly kind: 'repetition'; readonly part: Pattern; readonly minimum: number; readonly maximum: number }
    | Assertion
  );

/** A condition on a place between two characters. */
export type Assertion =
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'word-boundary'; readonly negated: boolean }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negated: boolean; readonly part: Pattern };

interface PatternFacts {
  /** Whether it can match without taking a character; where there are assertions, if they hold. */
  readonly isNullable: boolean;
  /** Whether it is a regular expression in the narrow sense: without assertions. */
  readonly isPlain: boolean;
}

/** What of a pattern is not supported, or not a regular expression. */
export class PatternError extends Error {
  /** False when the pattern is no ECMA-262 regular expression at all. */
  readonly supported: boolean;

  constructor(message: string, supported = true) {
    super(message);
    this.supported = supported;
  }
}

/** Parts in a row that may all be empty: derivatives of a sequence of them are nested so deep. */
const MAXIMUM_NULLABLE_RUN = 500;

/** The empty text. */
export const EMPTY_PATTERN: Pattern = { kind: 'sequence', parts: [], isNullable: true, isPlain: true };
/** No text at all. */
export const NO_PATTERN: Pattern = { kind: 'alternation', options: [], isNullable: false, isPlain: true };

/** `^`. */
export const START_PATTERN = assertionPattern({ kind: 'start' });
/** `$`. */
export const END_PATTERN = assertionPattern({ kind: 'end' });

/** One character out of the ranges. */
export function setPattern(ranges: CodePointRanges): Pattern {
  return ranges.length === 0 ? NO_PATTERN : { kind: 'set', ranges, isNullable: false, isPlain: true };
}

export function assertionPattern(assertion: Assertion): Pattern {
  return { ...assertion, isNullable: true, isPlain: false };
}

/** One after the other. */
export function sequencePattern(parts: readonly Pattern[]): Pattern {
  if (parts.includes(NO_PATTERN)) return NO_PATTERN;
  const flat = parts.flatMap((part) => (part.kind === 'sequence' ? part.parts : part));
  if (flat.length === 0) return EMPTY_PATTERN;
  if (flat.length === 1) return flat[0]!;
  let run = 0;
  for (const part of flat) {
    run = part.isNullable ? run + 1 : 0;
    if (run > MAXIMUM_NULLABLE_RUN) throw new PatternError(`more than ${MAXIMUM_NULLABLE_RUN} optional parts in a row`);
  }
  return {
    kind: 'sequence',
    parts: flat,
    isNullable: flat.every((part) => part.isNullable),
    isPlain: flat.every((part) => part.isPlain),
  };
}

/**
 * Any one of the options. Those that begin with the same characters share them, so that 10,000 words are a tree, and
 * single characters are one set. Anchors that all have are shared too.
 */
export function alternationPattern(options: readonly Pattern[]): Pattern {
  if (options.length === 1) return options[0]!;
  const flat = options.flatMap(optionsOf);
  if (flat.length > 0 && flat.every((option) => partsOf(option).at(-1) === END_PATTERN)) {
    // `^a$|^b$` is `^(?:a|b)$`.
    const inner = flat.map((option) => sequencePattern(partsOf(option).slice(0, -1)));
    return sequencePattern([alternationPattern(inner), END_PATTERN]);
  }
  return either(mergeSets(shareBeginnings(flat)));
}

function either(options: readonly Pattern[]): Pattern {
  if (options.length < 2) return options[0] ?? NO_PATTERN;
  return {
    kind: 'alternation',
    options,
    isNullable: options.some((option) => option.isNullable),
    isPlain: options.every((option) => option.isPlain),
  };
}

function mergeSets(options: readonly Pattern[]): readonly Pattern[] {
  const others = options.filter((option) => option.kind !== 'set');
  if (options.length - others.length < 2) return options;
  const sets = options.flatMap((option) => (option.kind === 'set' ? option.ranges : []));
  return [setPattern(normaliseRanges(sets)), ...others];
}

interface Branch {
  /** By the character that comes next. */
  readonly children: Map<Pattern, Branch>;
  /** What else may come. */
  readonly others: Pattern[];
}

/** The options as a tree by their first characters, as far as they are the same objects. */
function shareBeginnings(options: Iterable<Pattern>): readonly Pattern[] {
  const root: Branch = { children: new Map(), others: [] };
  for (const option of options) {
    const parts = partsOf(option);
    let branch = root;
    let index = 0;
    for (; parts[index]?.kind === 'set' || parts[index] === START_PATTERN; index++) {
      let child = branch.children.get(parts[index]!);
      if (child === undefined) branch.children.set(parts[index]!, (child = { children: new Map(), others: [] }));
      branch = child;
    }
    const other = index === 0 ? option : sequencePattern(parts.slice(index));
    if (!branch.others.includes(other)) branch.others.push(other);
  }
  return branchOptions(root);
}

function branchOptions({ children, others }: Branch): readonly Pattern[] {
  const options = Array.from(children, ([character, child]) => {
    const parts = [character];
    let branch = child;
    // Not recursive where nothing branches off: words can be long.
    while (branch.others.length === 0 && branch.children.size === 1) {
      const [next] = branch.children;
      parts.push(next![0]);
      branch = next![1];
    }
    return sequencePattern([...parts, either(mergeSets(branchOptions(branch)))]);
  });
  return [...others, ...options];
}

/** The options of an alternation, or the pattern itself. */
export function optionsOf(pattern: Pattern): readonly Pattern[] {
  return pattern.kind === 'alternation' ? pattern.options : [pattern];
}

/** The parts of a sequence, or the pattern itself. */
export function partsOf(pattern: Pattern): readonly Pattern[] {
  return pattern.kind === 'sequence' ? pattern.parts : [pattern];
}

/** From `minimum` to `maximum` times (UNBOUNDED: any number). */
export function repetitionPattern(part: Pattern, minimum: number, maximum: number): Pattern {
  if (maximum === 0 || part === EMPTY_PATTERN) return EMPTY_PATTERN;
  if (part === NO_PATTERN) return minimum === 0 ? EMPTY_PATTERN : NO_PATTERN;
  if (part.kind !== 'set' && part.kind !== 'sequence' && part.kind !== 'alternation' && part.kind !== 'repetition') {
    return minimum === 0 ? EMPTY_PATTERN : part;
  }
  if (part.isNullable && part.isPlain) minimum = 0;
  if (minimum === 1 && maximum === 1) return part;
  if (part.kind === 'repetition' && part.minimum <= 1 && (maximum === UNBOUNDED || part.maximum === UNBOUNDED)) {
    return repetitionPattern(part.part, part.minimum * minimum, UNBOUNDED);
  }
  const isNullable = minimum === 0 || part.isNullable;
  return { kind: 'repetition', part, minimum, maximum, isNullable, isPlain: part.isPlain };
}
