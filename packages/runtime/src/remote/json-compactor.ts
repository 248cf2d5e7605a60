/** Takes the white space between JSON's tokens out of a text that comes in pieces; strings stay as they are. */
export class JsonCompactor {
  #inString = false;
  #escaped = false;
  #depth = 0;

  /** Whether an object or array has begun and ended, so that nothing can follow. */
  isWhole = false;

  push(text: string): string {
    let compact = '';
    for (const unit of text) {
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (unit === '\\') this.#escaped = true;
        else if (unit === '"') this.#inString = false;
      } else if (unit === '"') this.#inString = true;
      else if (unit === '{' || unit === '[') this.#depth++;
      else if (unit === '}' || unit === ']') this.isWhole = --this.#depth === 0;
      else if (unit === ' ' || unit === '\n' || unit === '\r' || unit === '\t') continue;
      compact += unit;
    }
    return compact;
  }
}
