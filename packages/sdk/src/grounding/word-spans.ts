/** How a grounded argument copies from the user's messages: as written, or but for case. */
export type GroundingMode = 'span' | 'span-ci';

const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;

/** True for a code point that words are made of: letters, digits, marks and the underscore. */
export function isWordCharacter(codePoint: string): boolean {
  return wordCharacter.test(codePoint);
}

/** What 'span-ci' compares: each code point in lower case, one by one, so that positions stay. */
export function foldCase(codePoint: string): string {
  return codePoint.toLowerCase();
}

/**
 * Where a span may begin or end: boundaries[i] is 1 if one lies before code point i, boundaries[length] is the end.
 * There is one everywhere but between two word characters.
 */
export function wordBoundaries(codePoints: readonly string[]): Uint8Array {
  const boundaries = new Uint8Array(codePoints.length + 1).fill(1);
  let previous = false;
  for (const [index, codePoint] of codePoints.entries()) {
    const current = isWordCharacter(codePoint);
    if (previous && current) boundaries[index] = 0;
    previous = current;
  }
  return boundaries;
}

/**
 * True if the value is a contiguous piece of one of the texts that begins and ends on a word boundary of it, and is
 * more than white space.
 */
export function isGroundedSpan(texts: readonly string[], value: string, mode: GroundingMode): boolean {
  if (value.trim() === '') return false;
  const fold = mode === 'span-ci' ? foldCase : (codePoint: string) => codePoint;
  const wanted = Array.from(value, fold);
  return texts.some((text) => {
    const codePoints = Array.from(text);
    const folded = codePoints.map(fold);
    const boundaries = wordBoundaries(codePoints);
    for (let start = 0; start + wanted.length <= folded.length; start++) {
      if (boundaries[start] === 0 || boundaries[start + wanted.length] === 0) continue;
      if (wanted.every((codePoint, index) => folded[start + index] === codePoint)) return true;
    }
    return false;
  });
}
