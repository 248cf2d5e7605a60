import type { Random } from '../../random/index.js';
import { chance, choose, chooseWeighted } from '../choose.js';
import { numberWords, ordinalDigits, ordinalWords } from '../language/number-words.js';
import { holidays, months, weekdays } from './word-lists.js';

/** Words for a time, and what can stand before them in a request. */
export interface SaidTime {
  text: string;
  connectors: readonly string[];
  /** Words that it can stand behind too, where a seed has them. */
  behind?: readonly string[];
}

/** Units and how many of them people speak of. */
const units = [
  ['minute', 55, 5],
  ['hour', 10, 1],
  ['day', 10, 1],
  ['week', 5, 1],
  ['month', 2, 1],
] as const;

/** Times that can stand in each other's place beside "is", "now" and the like. */
export const presentTimes: readonly (readonly string[])[] = [
  ['now', 'right now', 'today', 'at the moment', 'this morning', 'this afternoon', 'this evening', 'tonight'],
];

/** A time as people say it: by the clock, by the calendar, from now, by meals and seasons. */
export function sayTime(random: Random): SaidTime {
  return chooseWeighted(random, kinds, ({ weight }) => weight).say(random);
}

const kinds: readonly { weight: number; say: (random: Random) => SaidTime }[] = [
  {
    weight: 5,
    say: (random) => ({
      text: choose(random, [
        'today',
        'tomorrow',
        'tomorrow',
        'tonight',
        'later today',
        'tomorrow night',
        'tomorrow morning',
        'this evening',
        'this afternoon',
        'this morning',
        'this weekend',
        'next week',
        'next month',
        'this week',
        'the day after tomorrow',
        'this month',
        'tomorrow evening',
        'next weekend',
      ]),
      connectors: [''],
      behind: ['for'],
    }),
  },
  {
    weight: 5,
    say: (random) => saidClock(clock(random)),
  },
  { weight: 5, say: (random) => fromNow(random) },
  { weight: 4, say: (random) => ({ text: calendarDate(random), connectors: ['on'], behind: ['for'] }) },
  { weight: 3, say: (random) => weekday(random) },
  { weight: 1.5, say: (random) => ({ text: choose(random, holidays), connectors: ['on'], behind: ['for'] }) },
  {
    weight: 1.5,
    say: (random) => ({
      text: choose(random, ['breakfast', 'lunch', 'dinner', 'brunch', 'supper']),
      connectors: ['for'],
      behind: ['at'],
    }),
  },
  {
    weight: 1,
    say: (random) => ({
      text: choose(random, ['lunchtime', 'dinner time', 'midday', 'noon', 'midnight', 'sunrise', 'sunset']),
      connectors: ['at'],
      behind: ['for'],
    }),
  },
  {
    weight: 1.5,
    say: (random) => ({
      text: choose(random, [
        ...months,
        'the summer',
        'the spring',
        'the fall',
        'the morning',
        'the evening',
        'the afternoon',
        'the winter',
      ]),
      connectors: ['in'],
    }),
  },
];

/** "A table for 8 in the evening" could be one for eight people. */
function saidClock(text: string): SaidTime {
  return { text, connectors: ['at', 'at', 'at', 'around'], behind: text.includes(' in the ') ? [] : ['for', 'by'] };
}

/** `7 pm`, `19:30`, `half past nine`; when people are up. */
export function clock(random: Random): string {
  const isMorning = chance(random, 0.25);
  const hour = isMorning ? random.integer(7, 11) : random.integer(1, 10);
  const minutes = choose(random, ['00', '15', '30', '45', String(random.integer(10, 59))]);
  const half = choose(random, isMorning ? ['am', 'AM', 'a.m.'] : ['pm', 'PM', 'p.m.']);
  return choose(random, [
    `${hour} ${half}`,
    `${hour}${half}`,
    `${hour}:${minutes} ${half}`,
    `${hour}:${minutes}${half}`,
    `${hour}:${minutes}`,
    `${numberWords(hour)} ${half}`,
    `${numberWords(hour)} o'clock`,
    `${hour} o'clock`,
    choose(random, [
      `half past ${numberWords(hour)}`,
      `quarter past ${numberWords(hour)}`,
      `quarter to ${numberWords(hour)}`,
    ]),
    `${hour} in the ${isMorning ? 'morning' : hour < 6 ? 'afternoon' : 'evening'}`,
  ]);
}

function fromNow(random: Random): SaidTime {
  const [unit, most, step] = choose(random, units);
  const count = random.integer(1, most / step) * step;
  const number = choose(random, [String(count), numberWords(count)!]);
  const span = count === 1 ? `one ${unit}` : `${number} ${unit}s`;
  return choose(random, [
    // "A table for five days from now" begins like one for five.
    { text: `${span} from now`, connectors: [''] },
    { text: `in ${span}`, connectors: [''] },
    { text: `in ${span}`, connectors: [''] },
  ]);
}

export function weekday(random: Random): SaidTime {
  const day = choose(random, weekdays);
  return choose<SaidTime>(random, [
    { text: day, connectors: ['on'], behind: ['for'] },
    { text: day, connectors: ['on'], behind: ['for'] },
    { text: `next ${day}`, connectors: [''], behind: ['for'] },
    { text: `this ${day}`, connectors: [''], behind: ['for'] },
    {
      text: `${day} ${choose(random, ['morning', 'evening', 'night', 'afternoon'])}`,
      connectors: ['on', ''],
      behind: ['for'],
    },
    { text: day.toLowerCase(), connectors: ['on'], behind: ['for'] },
  ]);
}

/** A date with its month, with or without the year. */
export function calendarDate(random: Random): string {
  const month = choose(random, months);
  const day = random.integer(1, 28);
  const year = random.integer(2026, 2027);
  const short = month.length < 5 ? month : choose(random, [month.slice(0, 3), `${month.slice(0, 3)}.`]);
  return choose(random, [
    `${month} ${ordinalDigits(day)}`,
    `${month} ${day}`,
    `${month} ${day}, ${year}`,
    `${month} ${ordinalDigits(day)}, ${year}`,
    `the ${ordinalDigits(day)} of ${month}`,
    `${day} ${month} ${year}`,
    `${short} ${ordinalDigits(day)}`,
    `${short} ${day}, ${year}`,
    `${month} the ${ordinalWords(day)}`,
    `${month} the ${ordinalWords(day)}, ${year}`,
    `${months.indexOf(month) + 1}/${day}/${year}`,
    `the ${ordinalDigits(day)}`,
    ordinalWords(day).length > 8 ? `the ${ordinalWords(day)}` : `${month.toLowerCase()} ${day}`,
  ]);
}
