/** Takes the white space between JSON's tokens out of a text that comes in pieces; strings stay as they are. */
export class JsonCompactor {
  #inString = false;
  #escaped = false;

  push(text: string): string {
    let compact = '';
    for (const unit of text) {
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (unit === '\\') this.#escaped = true;
        else if (unit === '"') this.#inString = false;
      } else if (unit === '"') this.#inString = true;
      else if (unit === ' ' || unit === '\n' || unit === '\r' || unit === '\t') continue;
      compact += unit;
    }
    return compact;
  }
}
