/**
 * Texts by the words that they share with another, each word weighted by how rare it is: the cosine of vectors of inverse
 * document frequencies (Spärck Jones 1972).
 */
export class WordIndex {
  readonly #words: readonly ReadonlySet<string>[];
  readonly #frequencies = new Map<string, number>();
  readonly #lengths: readonly number[];

  constructor(texts: readonly string[]) {
    this.#words = texts.map(wordsOf);
    for (const words of this.#words) {
      for (const word of words) this.#frequencies.set(word, (this.#frequencies.get(word) ?? 0) + 1);
    }
    this.#lengths = this.#words.map((words) =>
      Math.sqrt([...words].reduce((sum, word) => sum + this.#weightOf(word), 0)),
    );
  }

  /** Places of all texts, the most alike first, equal ones in their order. */
  ranked(text: string): number[] {
    const asked = wordsOf(text);
    const likeness = this.#words.map((words, index) => {
      let common = 0;
      for (const word of asked) if (words.has(word)) common += this.#weightOf(word);
      return this.#lengths[index] === 0 ? 0 : common / this.#lengths[index]!;
    });
    return likeness.map((_, index) => index).sort((a, b) => likeness[b]! - likeness[a]! || a - b);
  }

  #weightOf(word: string): number {
    return Math.log(1 + this.#words.length / (this.#frequencies.get(word) ?? 1)) ** 2;
  }
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}
