import type { Random } from '../../random/index.js';
import type { JsonValue } from '../../toolset/index.js';
import { chance } from '../choose.js';
import type { KnownArgument } from '../templates/known-arguments.js';
import type { Part, ValuePart } from '../templates/template.js';

/**
 * A sentence with choices, as it is read from its notation: `(turn|switch) on{state=on} the lights[ in the {room!}]`.
 *
 * - `(a|b)`: one of several; those whose arguments the tool has not are left out of the choice.
 * - `[a]`: said or not.
 * - `{slot}`: the value of an argument; `{+slot}` with what stands before it ("on" Monday).
 * - `{slot~like}`: a value that can stand where `like` does. `{slot!}`: not what stands for all. `{slot^plural}`: not one.
 *   `{slot^ahead}`: a time that is to come; `^morning`: one of the morning; `^once`: no days that come again; `^things`: no
 *   list of things to do.
 * - `{slot=value}`: the words beside it say the value. `{slot?=value}`: the same, where the tool has the argument.
 */
export type SentencePattern = readonly Piece[];

type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'choice'; options: readonly SentencePattern[]; optional: boolean }
  | {
      kind: 'slot';
      slot: string;
      connected: boolean;
      like: string | undefined;
      value: string | undefined;
      ifThere: boolean;
      except: RegExp | undefined;
    };

const exceptions: Record<string, RegExp> = {
  '!': /^(all|any|everywhere|every)\b/i,
  plural: /^(1|one)$/i,
  // What is to be done, where things are spoken of.
  things: /\b(to ?do|tasks?|chores?|work)\b/i,
  once: /\b(every|daily|weekdays|weekends)\b/i,
  morning: /p\.?m|^1[2-9]:|^2\d:|noon/i,
  ahead: /\b(now|later|today|this (morning|week|month)|breakfast|brunch|lunch|supper|dinner|dinner time)\b/i,
};

/** @throws TypeError for a notation that is not closed; sentences are written in this folder, not by users */
export function parseSentence(notation: string): SentencePattern {
  let at = 0;
  const sequence = (ends: string): Piece[] => {
    const pieces: Piece[] = [];
    let text = '';
    const flush = () => {
      if (text !== '') pieces.push({ kind: 'text', text });
      text = '';
    };
    while (at < notation.length && !ends.includes(notation[at]!)) {
      const character = notation[at++]!;
      if (character === '{') {
        flush();
        const end = notation.indexOf('}', at);
        pieces.push(parseSlot(notation.slice(at, end)));
        at = end + 1;
      } else if (character === '(' || character === '[') {
        flush();
        const close = character === '(' ? ')' : ']';
        const options: Piece[][] = [];
        do options.push(sequence(`|${close}`));
        while (notation[at++] === '|');
        if (notation[at - 1] !== close) throw new TypeError(`${notation}: ${close} is missing`);
        pieces.push({ kind: 'choice', options, optional: character === '[' });
      } else text += character;
    }
    flush();
    return pieces;
  };
  return sequence('');
}

function parseSlot(notation: string): Piece {
  const parsed = /^(\+?)([^~=!^?]+)(?:~([^~=!^?]+))?(!)?(?:\^(\w+))?(?:(\??)=(.+))?$/.exec(notation);
  if (parsed === null) throw new TypeError(`{${notation}} is no slot`);
  const [, plus, slot, like, all, exception, ifThere, value] = parsed;
  const except = all === undefined ? (exception === undefined ? undefined : exceptions[exception]) : exceptions['!'];
  return { kind: 'slot', slot: slot!, connected: plus === '+', like, value, ifThere: ifThere === '?', except };
}

/**
 * Draws one of the sentences that a pattern stands for. Undefined if a slot that must be filled has no argument.
 * @param argumentOf the argument that a slot stands for, if it may be said
 */
export function drawSentence(
  random: Random,
  pattern: SentencePattern,
  argumentOf: (slot: string) => KnownArgument | undefined,
): Part[] | undefined {
  const parts: Part[] = [];
  const said = new Set<string>();
  return fill(pattern) ? parts : undefined;

  function fill(pieces: SentencePattern): boolean {
    for (const piece of pieces) {
      if (piece.kind === 'text') {
        parts.push({ text: piece.text });
      } else if (piece.kind === 'slot') {
        const argument = argumentOf(piece.slot);
        if (argument === undefined && piece.ifThere) continue;
        if (argument === undefined || said.has(argument.name)) return false;
        const value = piece.value === undefined ? undefined : readValue(argument, piece.value);
        if (piece.value !== undefined && value === undefined) {
          if (piece.ifThere) continue;
          return false;
        }
        said.add(argument.name);
        parts.push(partOf(argument.name, piece, value));
      } else {
        const isSkipped = piece.optional && chance(random, 0.55);
        if (isSkipped) continue;
        const [before, saidBefore] = [parts.length, new Set(said)];
        const isFilled = random.shuffle(piece.options).some((option) => {
          if (fill(option)) return true;
          parts.length = before;
          said.clear();
          for (const name of saidBefore) said.add(name);
          return false;
        });
        if (!isFilled && !piece.optional) return false;
      }
    }
    return true;
  }
}

function partOf(
  argument: string,
  { like, connected, except }: Extract<Piece, { kind: 'slot' }>,
  value: JsonValue | undefined,
): ValuePart {
  return {
    argument,
    ...(like === undefined ? {} : { instead: like }),
    ...(value === undefined ? {} : { value }),
    ...(connected ? { connected } : {}),
    ...(except === undefined ? {} : { except }),
  };
}

/** A value that the schema allows, as far as a choice, a flag or a text goes. */
function readValue({ schema }: KnownArgument, text: string): JsonValue | undefined {
  if (Array.isArray(schema.enum)) return schema.enum.includes(text) ? text : undefined;
  if (schema.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  return schema.type === 'string' ? text : undefined;
}
