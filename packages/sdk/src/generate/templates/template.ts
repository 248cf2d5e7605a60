import type { JsonObject, JsonValue } from '../../toolset/index.js';

/** The place of an argument's value. */
export interface ValuePart {
  argument: string;
  /** What stood there in a seed, or what the value is to be like. */
  instead?: string;
  /** The value, where the words beside it say it. */
  value?: JsonValue;
  /** What stands before it is the value's own: "on" Monday, but nothing before tomorrow. */
  connected?: boolean;
  /** Values, as they are said, that do not go there. */
  except?: RegExp;
}

/** Words, or the place of an argument's value. */
export type Part = { text: string } | ValuePart;

/** A phrase of a request that says one argument or a few that belong together: "in {city}, {state}". */
export interface Phrase {
  parts: readonly Part[];
}

/** What a request is by its words: what somebody is to do, a question, or a statement of what is wished. */
export type TemplateForm = 'imperative' | 'question' | 'statement';

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
  /** Of a whole sentence, to which nothing is added and of which nothing is dropped; its verb stays too. */
  sentence?: TemplateForm;
  /** Phrases can follow the sentence after all. */
  isOpen?: boolean;
}

/** The arguments that a phrase says. */
export function argumentsOf(phrase: Phrase): string[] {
  return phrase.parts.flatMap((part) => ('argument' in part ? [part.argument] : []));
}
