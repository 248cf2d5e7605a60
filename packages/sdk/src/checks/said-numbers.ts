const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety';
/** Maps, as words may be called "constructor". */
const cardinals = new Map([
  ...small.split(' ').map((word, value): [string, number] => [word, value]),
  ...tens.split(' ').map((word, index): [string, number] => [word, 20 + 10 * index]),
]);
const scales: Record<string, number> = {
  hundred: 100,
  thousand: 1000,
  million: 1e6,
  billion: 1e9,
  k: 1000,
  grand: 1000,
};
const irregularOrdinals = new Map(
  Object.entries({
    first: 'one',
    second: 'two',
    third: 'three',
    fifth: 'five',
    eighth: 'eight',
    ninth: 'nine',
    twelfth: 'twelve',
  }),
);
/** Words that stand for a number without being one. */
const others: Record<string, readonly number[]> = {
  ...{ a: [1], an: [1], single: [1], once: [1], me: [1], alone: [1], another: [1], solo: [1] },
  ...{ couple: [2], pair: [2], both: [2], twice: [2], double: [2], duo: [2] },
  ...{
    triple: [3],
    thrice: [3],
    trio: [3],
    dozen: [12],
    half: [0.5, 50],
    quarter: [0.25, 25],
    no: [0],
    none: [0],
    nil: [0],
  },
  ...{ noon: [12], midday: [12], midnight: [0, 12], century: [100], decade: [10], fortnight: [2, 14] },
};

/** Of a text full of numbers, such as a tool's result, only the first are combined. */
const mostCombined = 24;

/** `a hundred`, `half a million`. */
const scaleStarts = new Set(['a', 'half']);

/** How many seconds a unit of time is. */
const seconds: Record<string, number> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  fortnight: 1_209_600,
};
/** Units that are converted to others a hundred or a thousand times as large or small. */
const scaled =
  /^(percent|cents?|pence|dollars?|euros?|pounds?|bucks|km|kilomet(?:er|re)s?|met(?:er|re)s?|kg|kilos?|kilograms?|grams?|lit(?:er|re)s?|ml|cm|mm|seconds?|secs?|ms|milliseconds?|gb|mb|kb|gigabytes?|megabytes?)$/;

/**
 * The numbers that a text says: in digits (`1,200`, `2.5`, `3rd`, `5k`), in words (`twenty two`, `a dozen`, `half`), and
 * what these are in other units where the text names a unit (`five minutes` → 300). More than is meant rather than less.
 * English.
 */
export function saidNumbers(text: string, words: readonly string[]): Set<number> {
  const said = new Set<number>();
  const add = (value: number) => {
    if (!Number.isFinite(value)) return;
    said.add(value);
    said.add(-value);
  };
  for (const [written] of text.matchAll(/\d+(?:[,.' ]\d{3})*(?:[.,]\d+)?/g)) addDigits(written, add);
  addNumberWords(words, add);
  const counted = positive(said);
  for (const word of words) for (const value of Object.hasOwn(others, word) ? others[word]! : []) add(value);
  if (/\band (?:a )?half\b/.test(text)) for (const value of [1, ...counted]) add(value + 0.5);
  // Two adults and three children are five people.
  for (const [one, other] of pairs(counted)) add(one + other);
  addUnits(words, text, positive(said), add);
  return said;
}

/** Point and comma divide thousands or decimals: both readings count, and each group by itself. */
function addDigits(written: string, add: (value: number) => void): void {
  const groups = written.split(/[,.' ]/);
  for (const group of groups) add(Number(group));
  if (groups.length === 1) return;
  if (groups.slice(1).every((group) => group.length === 3)) add(Number(groups.join('')));
  add(Number(`${groups.slice(0, -1).join('')}.${groups.at(-1)}`));
}

/** What a word is as a number; undefined for other words. */
export function numberOfWord(word: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(word)) return Number(word);
  const cardinal = irregularOrdinals.get(word) ?? word.replace(/ieth$/, 'y').replace(/th$/, '');
  return cardinals.get(word) ?? cardinals.get(cardinal);
}

const positive = (values: ReadonlySet<number>) => [...values].filter((value) => value > 0).slice(0, mostCombined);

function addNumberWords(words: readonly string[], add: (value: number) => void): void {
  for (let start = 0; start < words.length; start++) {
    const word = words[start]!;
    const digits = /^\d+(?:\.\d+)?(?=(?:st|nd|rd|th|k|m)$)/.exec(word)?.[0];
    if (digits !== undefined) add(Number(digits) * (word.endsWith('k') ? 1000 : word.endsWith('m') ? 1e6 : 1));
    if (numberOfWord(word) !== undefined || scaleStarts.has(word)) addRun(words, start, add);
  }
}

/** A run of number words from `start` on: `twenty two`, `two hundred and five`, `nineteen eighty four`, `three point five`. */
function addRun(words: readonly string[], start: number, add: (value: number) => void): void {
  let total = 0;
  let current: number | undefined;
  let previous = 0;
  for (let index = start; index < words.length; index++) {
    const word = words[index]!;
    const value = numberOfWord(word) ?? (index === start && scaleStarts.has(word) ? others[word]![0] : undefined);
    if (value !== undefined) {
      if (current === undefined) current = value;
      else if (previous >= 20 && previous % 10 === 0 && value < 10) current += value;
      else if (previous >= 100 && value < previous) current += value;
      else if (current >= 10 && current < 100 && value >= 10 && value < 100) {
        // Years: nineteen eighty four, twenty twenty five.
        add(total + current * 100 + value);
        const last = numberOfWord(words[index + 1] ?? '');
        if (value % 10 === 0 && last !== undefined && last < 10) add(total + current * 100 + value + last);
        return;
      } else return;
      previous = value;
    } else if (Object.hasOwn(scales, word) && current !== undefined) {
      const scale = scales[word]!;
      if (scale === 100) current *= 100;
      else [total, current] = [total + current * scale, undefined];
      previous = scale;
    } else if (word === 'dozen' && current !== undefined) {
      add(current * 12);
      return;
    } else if (word === 'point' && current !== undefined) {
      let decimals = '';
      for (let place = index + 1; place < words.length; place++) {
        const digit = numberOfWord(words[place]!);
        if (digit === undefined || digit > 9) break;
        decimals += digit;
      }
      if (decimals !== '') add(Number(`${total + current}.${decimals}`));
      return;
    } else if (word !== 'and') break;
    if (index > start || !scaleStarts.has(word)) add(total + (current ?? 0));
  }
}

function addUnits(
  words: readonly string[],
  text: string,
  numbers: readonly number[],
  add: (value: number) => void,
): void {
  const units = new Set(words.map((word) => shortUnits.get(word) ?? word.replace(/s$/, '')));
  const named = [...units].filter((unit) => Object.hasOwn(seconds, unit));
  const durations = named.flatMap((unit) => [...numbers, 1].map((value) => value * seconds[unit]!));
  // An hour and twenty minutes.
  const sums = named.length < 2 ? [] : pairs(durations).map(([one, other]) => one + other);
  for (const duration of [...durations, ...sums]) {
    for (const target of [0.001, 1, 60, 3600, 86_400]) add(rounded(duration / target));
  }
  if (!/[%$€£]/.test(text) && !words.some((word) => scaled.test(word))) return;
  for (const value of numbers) for (const factor of [100, 1000, 0.01, 0.001]) add(rounded(value * factor));
}

const shortUnits = new Map(
  Object.entries({ min: 'minute', mins: 'minute', sec: 'second', secs: 'second', hr: 'hour', hrs: 'hour' }),
);
const rounded = (value: number) => Number(value.toPrecision(12));

function pairs(numbers: readonly number[]): [number, number][] {
  const few = numbers.slice(0, mostCombined);
  return few.flatMap((one, index) => few.slice(index + 1).map((other): [number, number] => [one, other]));
}
