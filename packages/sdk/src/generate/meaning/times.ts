import type { Random } from '../../random/index.js';
import { choose, chooseWeighted } from '../choose.js';
import { numberWords, ordinalDigits, ordinalWords } from '../language/number-words.js';
import { holidays, months, weekdays } from './word-lists.js';

/** Words for a time, and what can stand before them in a request. */
export interface SaidTime {
  text: string;
  connectors: readonly string[];
}

const units = ['minute', 'hour', 'day', 'week', 'month', 'year', 'second'];

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
        'tonight',
        'now',
        'right now',
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
        'next year',
        'the day after tomorrow',
        'later',
        'this month',
        'tomorrow evening',
        'next weekend',
      ]),
      connectors: ['', '', '', 'for'],
    }),
  },
  { weight: 5, say: (random) => ({ text: clock(random), connectors: ['at', 'at', 'at', 'for', 'around', 'by'] }) },
  { weight: 5, say: (random) => fromNow(random) },
  { weight: 4, say: (random) => ({ text: calendarDate(random), connectors: ['on', 'on', 'for', 'for', ''] }) },
  { weight: 3, say: (random) => ({ text: weekday(random), connectors: ['on', 'on', 'for', ''] }) },
  { weight: 1.5, say: (random) => ({ text: choose(random, holidays), connectors: ['on', 'for'] }) },
  {
    weight: 1.5,
    say: (random) => ({
      text: choose(random, [
        'breakfast',
        'lunch',
        'dinner',
        'brunch',
        'supper',
        'lunchtime',
        'dinner time',
        'tea time',
        'meal time',
        'midday',
        'noon',
        'midnight',
        'sunrise',
        'sunset',
      ]),
      connectors: ['for', 'at'],
    }),
  },
  {
    weight: 1.5,
    say: (random) => ({
      text: choose(random, [
        ...months,
        'the summer',
        'winter',
        'spring',
        'the fall',
        'the morning',
        'the evening',
        'the afternoon',
        'the winter',
        'the future',
        'the night',
      ]),
      connectors: ['in'],
    }),
  },
];

/** `7 pm`, `19:30`, `half past nine`. */
export function clock(random: Random): string {
  const hour = random.integer(1, 12);
  const minutes = choose(random, ['00', '15', '30', '45', String(random.integer(10, 59))]);
  const half = choose(random, ['am', 'pm', 'AM', 'PM', 'a.m.', 'p.m.']);
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
    `${hour} in the ${choose(random, ['morning', 'evening', 'afternoon'])}`,
  ]);
}

function fromNow(random: Random): SaidTime {
  const unit = choose(random, units);
  const count = random.integer(1, choose(random, [6, 12, 30, 90]));
  const number = choose(random, [String(count), numberWords(count)!]);
  const span = count === 1 ? choose(random, [`1 ${unit}`, `one ${unit}`]) : `${number} ${unit}s`;
  return choose(random, [
    { text: `${span} from now`, connectors: ['', '', 'for'] },
    { text: `in ${span}`, connectors: [''] },
    { text: `in ${span}`, connectors: [''] },
    { text: `${span} from today`, connectors: [''] },
  ]);
}

export function weekday(random: Random): string {
  const day = choose(random, weekdays);
  return choose(random, [
    day,
    day,
    `next ${day}`,
    `this ${day}`,
    `${day} ${choose(random, ['morning', 'evening', 'night', 'afternoon'])}`,
    day.toLowerCase(),
  ]);
}

/** A date with its month, with or without the year. */
export function calendarDate(random: Random): string {
  const month = choose(random, months);
  const day = random.integer(1, 28);
  const year = random.integer(2025, 2038);
  const short = choose(random, [month.slice(0, 3), `${month.slice(0, 3)}.`]);
  return choose(random, [
    `${month} ${ordinalDigits(day)}`,
    `${month} ${day}`,
    `${month} ${day}, ${year}`,
    `${month} ${ordinalDigits(day)}, ${year}`,
    `the ${ordinalDigits(day)} of ${month}`,
    `${ordinalDigits(day)} of ${month}`,
    `${day} ${month} ${year}`,
    `${short} ${ordinalDigits(day)}`,
    `${short} ${day}, ${year}`,
    `${month} the ${ordinalWords(day)}`,
    `${month} the ${ordinalWords(day)}, ${year}`,
    `${months.indexOf(month) + 1}/${day}/${year}`,
    `the ${ordinalDigits(day)}`,
    `${month} ${year}`,
    ordinalWords(day).length > 8 ? `the ${ordinalWords(day)}` : `${month.toLowerCase()} ${day}`,
  ]);
}
