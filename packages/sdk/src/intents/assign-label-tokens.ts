import { TooltuneError } from '../errors/index.js';
import type { IntentLabel } from '../schemas/index.js';
import type { Tokenizer } from '../tokenizer/index.js';

/** What stands for out of scope among the words of labels. */
const outOfScopeWords = 'none other';

/**
 * Gives each intent a token of its own to be answered with (a verbalizer, Schick & Schütze 2021): the first token of its
 * words that is free; where all are taken, one that another intent can spare; else a whole word that no intent wants.
 * Never a special token. The same intents and tokenizer give the same tokens, whatever the order.
 * @param intents each once; null is out of scope
 * @param kept labels that a model knows already: these intents keep their tokens
 * @returns by the intents' UTF-16 code units, out of scope last
 * @throws TooltuneError `intents/too-many-labels`
 */
export function assignLabelTokens(
  intents: readonly (string | null)[],
  tokenizer: Tokenizer,
  kept: readonly IntentLabel[] = [],
): IntentLabel[] {
  const known = new Set(kept.map(({ token }) => token));
  const keptTokens = new Map(kept.map(({ intent, token }) => [intent, token]));
  const named = intents.filter((intent) => intent !== null).sort();
  const ordered = intents.includes(null) ? [...named, null] : named;
  const wanted = ordered.map((intent) => {
    if (keptTokens.has(intent)) return [];
    const tokens = tokensOf(intent === null ? outOfScopeWords : wordsOf(intent), tokenizer);
    // What has stood for one intent shall not stand for another.
    return tokens.filter((token) => !known.has(token));
  });
  const tokens = matchTokens(wanted).map((token, index) => keptTokens.get(ordered[index]!) ?? token);
  const taken = new Set([...tokens, ...known]);
  const others = wordTokens(tokenizer);
  return ordered.map((intent, index) => {
    let token = tokens[index];
    while (token === undefined) {
      const { value, done } = others.next();
      if (done) throw tooManyLabels(ordered.length, tokenizer);
      if (!taken.has(value)) token = value;
    }
    return { intent, token };
  });
}

/** `cardArrival`, `card_arrival` and `Card arrival?` are all `card arrival`. */
function wordsOf(intent: string): string {
  return intent
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}

/** The words' tokens as an answer begins with them, then as they stand in the middle of a text. */
function tokensOf(words: string, tokenizer: Tokenizer): number[] {
  if (words === '') return [];
  const tokens = [words, ` ${words}`].flatMap((text) => tokenizer.encode(text, { special: false, continues: true }));
  return [...new Set(tokens)].filter((token) => /[^\s▁]/u.test(textOf(token, tokenizer)));
}

/**
 * A token for as many labels as can have one of those that they want (augmenting paths, Kuhn 1955); undefined for the
 * others. What is free goes to the first label that wants it, and is taken back only to give another label any at all.
 */
function matchTokens(wanted: readonly (readonly number[])[]): (number | undefined)[] {
  const owners = new Map<number, number>();
  const give = (label: number, tried: Set<number>): boolean => {
    const own = wanted[label]!;
    const token =
      own.find((candidate) => !owners.has(candidate)) ??
      own.find((candidate) => {
        if (tried.has(candidate)) return false;
        tried.add(candidate);
        return give(owners.get(candidate)!, tried);
      });
    if (token === undefined) return false;
    owners.set(token, label);
    return true;
  };
  for (const label of wanted.keys()) give(label, new Set());
  const tokens = new Array<number | undefined>(wanted.length).fill(undefined);
  for (const [token, label] of owners) tokens[label] = token;
  return tokens;
}

/** Tokens that are one word and nothing else, then those that hold a letter at all; in the order of their ids. */
function* wordTokens(tokenizer: Tokenizer): Generator<number, void, void> {
  for (const pattern of [/^ ?\p{L}{2,}$/u, /^(?! ?\p{L}{2,}$).*\p{L}/su]) {
    for (let token = 0; token < tokenizer.vocabularySize; token++) {
      if (pattern.test(textOf(token, tokenizer))) yield token;
    }
  }
}

/** Empty for special tokens. */
function textOf(token: number, tokenizer: Tokenizer): string {
  return new TextDecoder().decode(tokenizer.tokenBytes(token));
}

function tooManyLabels(labels: number, tokenizer: Tokenizer): TooltuneError {
  return new TooltuneError(
    'intents/too-many-labels',
    `${labels} intents are more than a vocabulary of ${tokenizer.vocabularySize} tokens has words for`,
  );
}
