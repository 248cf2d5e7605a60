import type { SaidText } from './said-text.js';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = 'january february march april may june july august september october november december'.split(' ');
const relative =
  /\b(today|tonight|now|tomorrow|yesterday|weekend|next|this|last|coming|following|ago|from now|later|in (?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|\d+) (?:day|week|month|year)s?|christmas|easter|new year|thanksgiving|halloween|valentine|birthday|(?:start|beginning|end|middle|rest) of)\b/;
const distance = /\b(after|before|from|in|ago|later|earlier|until|between)\b/;
const partsOfDay =
  /\b(noon|midday|midnight|morning|afternoon|evening|night|tonight|breakfast|lunch|lunchtime|dinner|supper|dawn|dusk|sunrise|sunset|bedtime|now|in (?:a|an|half|\S+) (?:seconds?|minutes?|mins?|hours?|hrs?)|from now|later|half an hour|quarter of an hour)\b/;

/** Whether a date, time or duration in the forms of ISO 8601 can come from what was said; undefined for other values. */
export function isSaidTime(value: string, said: SaidText): boolean | undefined {
  const text = said.folded.join('\n');
  const [, year, month, day, hour, minute] =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.exec(value) ?? [];
  if (year !== undefined) {
    const isDate = isSaidDate(Number(year), Number(month), Number(day), said, text);
    return isDate && (hour === undefined || isSaidClock(Number(hour), Number(minute), said, text));
  }
  const clock = /^(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/.exec(value);
  if (clock !== null) return isSaidClock(Number(clock[1]), Number(clock[2]), said, text);
  const duration = /^P(?:\d+(?:\.\d+)?[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?$/.exec(value);
  if (duration === null || value.length < 3) return undefined;
  return (value.match(/\d+(?:\.\d+)?/g) ?? []).every((number) => said.hasNumber(Number(number)));
}

function isSaidDate(year: number, month: number, day: number, said: SaidText, text: string): boolean {
  const name = months[month - 1] ?? '';
  const isMonth = said.words.some(
    (word) => word === name || (word.length >= 3 && word !== 'mar' && name.startsWith(word)),
  );
  const isNumbered = said.hasNumber(day) && (isMonth || /\bmar\b/.test(text) || said.hasNumber(month));
  const years = said.words.filter((word) => /^(19|20)\d{2}$/.test(word));
  if (isNumbered) return years.length === 0 || said.hasNumber(year) || said.hasNumber(year % 100);
  const named = weekdays.filter((weekday) =>
    new RegExp(`\\b${weekday.slice(0, 3)}(?:${weekday.slice(3)})?\\b`).test(text),
  );
  if (named.length === 1 && !distance.test(text)) {
    return weekdays[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] === named[0];
  }
  // "on the 3rd": the month is the one that it is.
  return (
    named.length > 0 ||
    relative.test(text) ||
    (isMonth && day === 1) ||
    new RegExp(`\\bthe ${day}(?:st|nd|rd|th)\\b`).test(text)
  );
}

function isSaidClock(hour: number, minute: number, said: SaidText, text: string): boolean {
  if (partsOfDay.test(text)) return true;
  // "set alarm 0645"
  if (new RegExp(`\\b0?${hour}${String(minute).padStart(2, '0')}\\b`).test(text)) return true;
  const isHour = (value: number) => said.hasNumber(value) || said.hasNumber(((value + 11) % 12) + 1);
  const to = minute > 0 && isHour(hour + 1) && /\bto\b/.test(text);
  const isMinute =
    minute === 0 ||
    said.hasNumber(minute) ||
    (minute === 30 && /\bhalf\b/.test(text)) ||
    (minute % 30 === 15 && /\bquarter\b/.test(text)) ||
    (to && said.hasNumber(60 - minute));
  return isMinute && (isHour(hour) || to || (minute === 30 && isHour(hour + 1) && /\bhalf\b/.test(text)));
}
