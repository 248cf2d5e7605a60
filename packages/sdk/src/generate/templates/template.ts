import type { JsonObject } from '../../toolset/index.js';

/** Words, or the place of an argument's value; `instead`: what stood there in a seed. */
export type Part = { text: string } | { argument: string; instead?: string };

/** A phrase of a request that says one argument or a few that belong together: "in {city}, {state}". */
export interface Phrase {
  parts: readonly Part[];
}

/** How a request for a tool is said: its beginning, and phrases that follow. */
export interface RequestTemplate {
  tool: string;
  /** "book a table", with or without arguments of its own. */
  head: Phrase;
  phrases: readonly Phrase[];
  /** Arguments that the words imply, and that no phrase says. */
  fixed: JsonObject;
  /** How it ends: `?`, `.` or nothing. */
  end: string;
}

/** The arguments that a phrase says. */
export function argumentsOf(phrase: Phrase): string[] {
  return phrase.parts.flatMap((part) => ('argument' in part ? [part.argument] : []));
}
