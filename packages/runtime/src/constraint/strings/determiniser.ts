import type { AssertionProgram } from './assertion-program.js';
import { BooleanFunctions, FALSE, TRUE } from './boolean-functions.js';
import type { CharacterPartition } from './character-partition.js';
import { PatternError } from './pattern.js';

/** A deterministic automaton over kinds of characters. State 0 is the start. */
export interface StateTable {
  /** By state and kind of character: the next state. */
  readonly next: readonly Int32Array[];
  /** By state: whether the string may end. */
  readonly accepting: readonly boolean[];
}

/** Between two characters of a string. */
interface Configuration {
  /**
   * What the rest of the string must be like. A variable stands for an instruction: true if the rest begins with a
   * character of its set, and goes on as the instructions behind it ask.
   */
  readonly wanted: number;
  /** By lookbehind: instructions that are reached, and what the rest must be like for that to count. */
  readonly reached: readonly ReadonlyMap<number, number>[];
  /** By class of characters: the next configuration; -1 where it is not known yet. */
  readonly next: Int32Array;
}

const MAXIMUM_STATES = 8000;
/** Instructions followed, less than 100 ms of them. */
const MAXIMUM_STEPS = 150_000;

/**
 * Makes a pattern with assertions deterministic. Lookaheads are what Boolean automata (Brzozowski and Leiss, "On
 * Equations for Regular Languages, Finite Automata, and Sequential Networks", 1980) compute: a function of what the rest
 * of the string is like. Lookbehinds are run along from the start of the string.
 * Throws a PatternError where it needs too many states.
 */
export class Determiniser {
  private readonly program: AssertionProgram;
  private readonly partition: CharacterPartition;
  private readonly functions = new BooleanFunctions();
  private readonly configurations: Configuration[] = [];
  private readonly ids = new Map<string, number>();
  /** Lookbehinds, by number. */
  private readonly behind: readonly number[];
  /** By lookbehind: whether it holds at this place, as a function of the rest. */
  private readonly holds = new Map<number, number>();
  /** By instruction: what the rest must be like for the program to go on there. */
  private readonly wants = new Map<number, number>();
  private steps = 0;

  constructor(program: AssertionProgram, partition: CharacterPartition) {
    this.program = program;
    this.partition = partition;
    this.behind = Array.from(program.looks.keys()).filter((look) => program.looks[look]!.behind);
  }

  determinise(): StateTable {
    const { kinds } = this.partition;
    const states = [this.start()];
    const numbers = new Map([[states[0]!, 0]]);
    const next: Int32Array[] = [];
    for (let state = 0; state < states.length; state++) {
      const row = new Int32Array(kinds.length);
      for (const [index, { steps }] of kinds.entries()) {
        const target = steps.reduce((configuration, step) => this.advance(configuration, step), states[state]!);
        let number = numbers.get(target);
        if (number === undefined) {
          if (states.length >= MAXIMUM_STATES) throw new PatternError('its assertions need too many states');
          number = states.push(target) - 1;
          numbers.set(target, number);
        }
        row[index] = number;
      }
      next.push(row);
    }
    const accepting = states.map((state) => this.functions.isTrueOfNone(this.configurations[state]!.wanted));
    return { next, accepting };
  }

  private start(): number {
    const reached = this.behind.map((look) => this.arrive(look, new Map()));
    return this.intern(this.wantedAt(this.program.start), reached);
  }

  private advance(id: number, step: number): number {
    const { wanted, reached, next } = this.configurations[id]!;
    if (next[step]! < 0) {
      if (this.behind.length > 0) this.wants.clear();
      const after = (condition: number) =>
        this.functions.substitute(condition, (position) => {
          const target = this.pass(position, step);
          return target < 0 ? FALSE : this.wantedAt(target);
        });
      const arrived = this.behind.map((look, index) => {
        const entries = new Map<number, number>();
        for (const [position, condition] of reached[index]!) {
          const target = this.pass(position, step);
          if (target >= 0) entries.set(target, this.functions.or(entries.get(target) ?? FALSE, after(condition)));
        }
        return this.arrive(look, entries);
      });
      next[step] = this.intern(after(wanted), arrived);
    }
    return next[step]!;
  }

  /** What follows an instruction that takes a character of this class; -1 where it does not. */
  private pass(position: number, step: number): number {
    const instruction = this.program.instructions[position]!;
    if (instruction.kind !== 'set' || !this.partition.membership[instruction.set]![step]) return -1;
    return instruction.next;
  }

  /** A lookbehind at the next place; it may also begin there. */
  private arrive(look: number, entries: Map<number, number>): ReadonlyMap<number, number> {
    entries.set(this.program.looks[look]!.start, TRUE);
    const { reached, accepted } = this.follow(entries);
    this.holds.set(look, accepted);
    return reached;
  }

  private wantedAt(position: number): number {
    let wanted = this.wants.get(position);
    if (wanted === undefined) {
      const { reached, accepted } = this.follow(new Map([[position, TRUE]]));
      wanted = accepted;
      for (const [set, condition] of reached) {
        wanted = this.functions.or(wanted, this.functions.and(condition, this.functions.variable(set)));
      }
      this.wants.set(position, wanted);
    }
    return wanted;
  }

  /** Goes on to the instructions that take a character. */
  private follow(entries: ReadonlyMap<number, number>): { reached: Map<number, number>; accepted: number } {
    const { functions, program } = this;
    const conditions = new Map<number, number>();
    const reached = new Map<number, number>();
    let accepted = FALSE;
    const pending = Array.from(entries);
    for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
      const [position] = entry;
      const before = conditions.get(position) ?? FALSE;
      const condition = functions.or(before, entry[1]);
      if (condition === before) continue;
      if (++this.steps > MAXIMUM_STEPS) throw new PatternError('its assertions need too many states');
      conditions.set(position, condition);
      const instruction = program.instructions[position]!;
      switch (instruction.kind) {
        case 'set':
          reached.set(position, condition);
          break;
        case 'split':
          pending.push([instruction.second, condition], [instruction.first, condition]);
          break;
        case 'look': {
          const held = this.looked(instruction.look);
          pending.push([instruction.next, functions.and(condition, instruction.negated ? functions.not(held) : held)]);
          break;
        }
        case 'accept':
          accepted = condition;
      }
    }
    return { reached, accepted };
  }

  private looked(look: number): number {
    const { behind, start } = this.program.looks[look]!;
    return behind ? this.holds.get(look)! : this.wantedAt(start);
  }

  private intern(wanted: number, reached: readonly ReadonlyMap<number, number>[]): number {
    // What was before no longer matters when any rest will do, or none.
    const kept = wanted > TRUE ? reached : [];
    const key = [
      wanted,
      ...kept.map((entries) =>
        Array.from(entries)
          .sort(([a], [b]) => a - b)
          .join(),
      ),
    ].join(';');
    let id = this.ids.get(key);
    if (id === undefined) {
      const classes = this.partition.membership[0]?.length ?? 0;
      id = this.configurations.push({ wanted, reached, next: new Int32Array(classes).fill(-1) }) - 1;
      this.ids.set(key, id);
    }
    return id;
  }
}
