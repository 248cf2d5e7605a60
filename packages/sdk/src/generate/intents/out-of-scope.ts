import { fold, stemOf, wordsOf } from '../../checks/said-text.js';
import type { Random } from '../../random/index.js';
import { choose } from '../choose.js';
import { fillSlots, generalRequests } from '../general/index.js';

/** Words that every text may have. */
const common = new Set(
  (
    'a an the i you he she it we they me my your his her our their this that these those is are was were be been am do does did ' +
    'have has had will would can could should may might must what when where why who which how whose to of in on at for from by ' +
    'with about into up out off over and or but if not no so as than then there here please thanks thank want need like know tell ' +
    'get give make take go come see find show let help some any all more much many very just now too also again long still'
  ).split(' '),
);

/** Words that tell what a text is about, without their endings. */
export function contentWords(text: string): string[] {
  return wordsOf(fold(text))
    .filter((word) => !common.has(word) && word.length > 2)
    .map(stemOf);
}

/** Draws general texts that share no word with what the labels speak of; undefined where every general text does. */
export function createOutOfScope(taken: ReadonlySet<string>): ((random: Random) => string) | undefined {
  const isFree = (text: string) => contentWords(text).every((word) => !taken.has(word));
  // "stop" or "ok" belong to every conversation.
  const free = generalRequests.filter(
    ({ text }) => text.split(' ').length > 2 && isFree(text.replaceAll(/\{\w+\}/g, '')),
  );
  if (free.length === 0) return undefined;
  return (random) => {
    for (let tries = 0; tries < 20; tries++) {
      const text = fillSlots(random, choose(random, free).text);
      if (isFree(text)) return text;
    }
    return choose(random, free).text.replaceAll(/\{\w+\}/g, 'it');
  };
}
