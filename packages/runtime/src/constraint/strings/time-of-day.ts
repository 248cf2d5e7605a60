import type { Automaton } from '../grammar/automaton.js';
import type { ExpressionArena } from '../grammar/expression-arena.js';
import { literal } from '../grammar/literal-automaton.js';
import { patternBody } from './pattern-body.js';

/** RFC 3339, `full-time`; whether a leap second is one is still to be checked. */
const TIME = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.\d+)?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;
const MINUTES = '^(?:[01]\\d|2[0-3]):[0-5]\\d:$';
const SECONDS = '^[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+\\-](?:[01]\\d|2[0-3]):[0-5]\\d)$';
const FRACTION = '^(?:\\.\\d+)?$';

const DAY = 24 * 60;
/** The minute of the day that a leap second ends, in UTC. */
const LEAP_MINUTE = DAY - 1;

/** Whether the text is a `full-time` of RFC 3339, with a leap second only at 23:59:60 UTC. */
export function isTimeOfDay(text: string): boolean {
  const match = TIME.exec(text);
  if (match === null) return false;
  const [, hour, minute, second, sign, offsetHour = '0', offsetMinute = '0'] = match;
  if (second !== '60') return true;
  const offset = Number(offsetHour) * 60 + Number(offsetMinute);
  const local = Number(hour) * 60 + Number(minute);
  return (local + (sign === '-' ? offset : DAY - offset)) % DAY === LEAP_MINUTE;
}

const automata = new WeakMap<ExpressionArena, TimeAutomaton>();

/** String bodies for which `isTimeOfDay` holds. Without leap seconds where the vocabulary lacks a digit. */
export function timeOfDayBody(arena: ExpressionArena): number {
  const isComplete = Array.from('0123456789:').every((character) => arena.isUsable(character.charCodeAt(0)));
  if (!isComplete) return arena.sequence(patternBody(arena, MINUTES), patternBody(arena, SECONDS));
  let automaton = automata.get(arena);
  if (automaton === undefined) automata.set(arena, (automaton = new TimeAutomaton(arena)));
  return automaton.enter('');
}

/**
 * Reads hours and minutes, as on them depends which offsets a leap second may have. Written out, these 1,440 endings
 * would be most of the grammar.
 */
class TimeAutomaton implements Automaton {
  private readonly arena: ExpressionArena;
  /** What follows any hours and minutes. */
  private readonly seconds: number;
  private readonly fraction: number;
  /** By state: what has been read, of `hh:mm:`. */
  private readonly texts: string[] = [];
  private readonly states = new Map<string, number>();
  private readonly id: number;

  constructor(arena: ExpressionArena) {
    this.arena = arena;
    this.seconds = patternBody(arena, SECONDS);
    this.fraction = patternBody(arena, FRACTION);
    this.id = arena.addAutomaton(this);
  }

  enter(text: string): number {
    if (text.length === 6) return this.secondsAfter(Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5)));
    let state = this.states.get(text);
    if (state === undefined) this.states.set(text, (state = this.texts.push(text) - 1));
    return this.arena.automaton(this.id, state);
  }

  fillRow(state: number, row: Int32Array): void {
    const text = this.texts[state]!;
    for (const character of nextCharacters(text)) {
      row[character.charCodeAt(0)] = this.enter(text + character);
    }
  }

  /** @param local Minute of the day. */
  private secondsAfter(local: number): number {
    const { arena } = this;
    const offset = (minutes: number) => {
      const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
      return `${hour}:${minute}`;
    };
    const ends = [
      literal(arena, `+${offset((local - LEAP_MINUTE + DAY) % DAY)}`),
      literal(arena, `-${offset(LEAP_MINUTE - local)}`),
    ];
    if (local === LEAP_MINUTE) ends.push(arena.bytes(0x5a, 0x5a, 0x7a, 0x7a));
    const leap = arena.sequence(literal(arena, '60'), this.fraction, arena.alternation(ends));
    return arena.alternation([this.seconds, leap]);
  }

  isNullable(): boolean {
    return false;
  }

  minimumLength(state: number): number {
    return 'hh:mm:'.length - this.texts[state]!.length + this.arena.minimumLength(this.seconds);
  }
}

function nextCharacters(text: string): string {
  if (text.length === 0) return '012';
  if (text.length === 1) return text === '2' ? '0123' : '0123456789';
  if (text.length === 3) return '012345';
  return text.length === 4 ? '0123456789' : ':';
}
