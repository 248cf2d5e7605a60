/** The words of an identifier, in lower case: `partySizeNumber`, `party_size_number` → party, size, number. */
export function wordsOfName(name: string): string[] {
  return name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

/** `a song`, `an album`; nothing before what is plural or has an article. */
export function withArticle(noun: string): string {
  if (/^(a|an|the|my|this|that|some|any)\b/i.test(noun) || /[^s]s$/.test(noun)) return noun;
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}
