import type { TokenLogprob } from './protocol.js';

/** How a token is shown. */
export interface TokenText {
  /** What it adds to the text; of a piece of a character, what that piece completes. */
  text: string;
  /** `piece`: a part of a character's bytes; `control`: a token that writes nothing. */
  kind: 'text' | 'piece' | 'control';
}

/** Tokens are bytes, and a character may be spread over several of them. Reads them in their order. */
export class TokenReader {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  read({ bytes }: Pick<TokenLogprob, 'bytes'>): TokenText {
    if (bytes.length === 0) return { text: '', kind: 'control' };
    const text = this.#decoder.decode(Uint8Array.from(bytes), { stream: true });
    return { text, kind: isWholeText(bytes) ? 'text' : 'piece' };
  }
}

/** A token by itself, in a few visible characters: spaces and line ends as signs, pieces of characters as their bytes. */
export function tokenLabel({ token, bytes }: Pick<TokenLogprob, 'token' | 'bytes'>): string {
  if (!isWholeText(bytes)) return hexBytes(bytes);
  if (token === '') return 'control';
  return token.replaceAll(' ', '␣').replaceAll('\n', '↵').replaceAll('\r', '␍').replaceAll('\t', '⇥');
}

/** `F0 9F` */
function hexBytes(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
}

function isWholeText(bytes: readonly number[]): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}
