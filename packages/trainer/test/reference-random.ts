/** `count` times 32 random bits, the same as `random_words` of bench/reference/gguf-blocks.py. */
export function randomWords(count: number, seed: number): Uint32Array {
  const words = new Uint32Array(count);
  for (let index = 0; index < count; index++) {
    let word = Math.imul(index + seed * 1_000_003, 0x9e3779b1);
    word = Math.imul(word ^ (word >>> 15), 0x85ebca77);
    words[index] = word ^ (word >>> 13);
  }
  return words;
}
