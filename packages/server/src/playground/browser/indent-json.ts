/**
 * JSON text on lines of its own, as far as it is written. Values stay as they are written: reading and writing them anew
 * would round long numbers.
 */
export function indentJson(json: string): string {
  let [out, depth, isInString] = ['', 0, false];
  const newLine = () => `\n${'  '.repeat(depth)}`;
  for (let index = 0; index < json.length; index++) {
    const character = json[index] as string;
    if (isInString) {
      out += character;
      if (character === '\\') out += json[++index] ?? '';
      else if (character === '"') isInString = false;
    } else if (character === '"') {
      isInString = true;
      out += character;
    } else if (character === '{' || character === '[') {
      const closing = /^\s*[}\]]/.exec(json.slice(index + 1));
      depth++;
      if (closing === null) {
        out += character + newLine();
      } else {
        depth--;
        out += character + closing[0].trim();
        index += closing[0].length;
      }
    } else if (character === '}' || character === ']') {
      depth = Math.max(0, depth - 1);
      out += newLine() + character;
    } else if (character === ',') {
      out += character + newLine();
    } else if (character === ':') {
      out += ': ';
    } else if (!/\s/.test(character)) {
      out += character;
    }
  }
  return out.trimEnd();
}
