/** Holds back the first half of a character that was cut in two, so that each text given is whole. */
export class SurrogateJoiner {
  #held = '';

  push(text: string): string {
    const joined = this.#held + text;
    const last = joined.charCodeAt(joined.length - 1);
    const isCut = last >= 0xd800 && last <= 0xdbff;
    this.#held = isCut ? joined.slice(-1) : '';
    return isCut ? joined.slice(0, -1) : joined;
  }
}
