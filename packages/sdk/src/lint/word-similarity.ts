const stopWords = new Set(
  'a an and are as at be by for from get has have if in is it its of on one or the this that to when where which who will with all any you your can'.split(
    ' ',
  ),
);

/** The words of an identifier, in lower case and without plural: `listOpenTickets` → list, open, ticket. */
export function wordsOfIdentifier(name: string): Set<string> {
  const words = name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return new Set(words.map((word) => stem(word.toLowerCase())));
}

/** The words of a text that carry its meaning, in lower case and without plural. */
export function contentWords(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !stopWords.has(word)).map(stem));
}

/** Share of the words of both that both have (Jaccard index); 0 where there are none. */
export function similarity(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const common = [...one].filter((word) => other.has(word)).length;
  const all = one.size + other.size - common;
  return all === 0 ? 0 : common / all;
}

const stem = (word: string) => (word.length > 3 ? word.replace(/ies$/, 'y').replace(/([^s])s$/, '$1') : word);
