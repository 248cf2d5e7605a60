/** Some bytes, each as a character, and the expression after them. */
export interface ShortestStart {
  bytes: string;
  then: number;
}

/**
 * A part of a grammar that knows its own states: literals, objects, text, grounded strings. States are small integers;
 * where they lead are expressions of the arena, so that an automaton can hand over to any other part of the grammar.
 */
export interface Automaton {
  /** Writes into row[byte] the expression that follows each byte; row comes zeroed (0: the byte may not come). */
  fillRow(state: number, row: Int32Array): void;
  /** True where the automaton may stop. */
  isNullable(state: number): boolean;
  /** Bytes of the shortest way to stop; Infinity where there is none. */
  minimumLength(state: number): number;
  /** Whether there is a way to stop, where that is known without the length of the shortest. */
  isAlive?(state: number): boolean;
  /**
   * How a shortest way to stop begins, of several the one of lowest bytes; undefined where the rows are to be asked.
   */
  shortestStart?(state: number): ShortestStart | undefined;
  /** Whether its texts are preferred to those of other ways on that end in the same place. */
  readonly isPreferred?: boolean;
}
