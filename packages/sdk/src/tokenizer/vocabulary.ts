import { TokenizerError } from './tokenizer-error.js';

/** `tokenizer.ggml.token_type` (llama.cpp's llama_token_type). */
export const tokenType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** What a model file says about its tokens. */
export type Vocabulary = BytePairVocabulary | SentencePieceVocabulary;

export interface BytePairVocabulary extends Tokens {
  kind: 'byte-pair';
  pre: string;
  merges: readonly [string, string][];
}

export interface SentencePieceVocabulary extends Tokens {
  kind: 'sentence-piece';
  /** By token: of two merges that are possible, the one with the higher score comes first. */
  scores: Float32Array;
  /** Whether a space is written before every text, and behind every special token. */
  spacePrefix: boolean;
}

interface Tokens {
  tokens: readonly string[];
  types: Uint8Array;
  endOfTurnToken: number;
  /** endOfTurnToken first, then the others in the order of their ids. */
  endTokens: readonly number[];
}

/** Texts of tokens that end a turn or a text, in whatever family; control tokens even where the file says otherwise. */
const endOfTurnTexts = ['<|im_end|>', '<|eot_id|>', '<|end|>', '<end_of_turn>', '<end_of_utterance>', '<EOT>'];
const endOfTextTexts = ['<|endoftext|>', '<|end_of_text|>', '<|eom_id|>', '</s>'];

/**
 * Reads the tokenizer's key-values of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * @throws TokenizerError `tokenizer/unsupported`, `tokenizer/metadata`
 */
export function readVocabulary(metadata: Readonly<Record<string, unknown>>): Vocabulary {
  const model = metadata['tokenizer.ggml.model'];
  if (model === 'gpt2') return readBytePairs(metadata);
  if (model === 'llama') return readSentencePieces(metadata);
  throw new TokenizerError(
    'tokenizer/unsupported',
    model === undefined
      ? 'This model file holds no tokenizer (tokenizer.ggml.model is missing); convert it anew with llama.cpp.'
      : `This model's tokenizer is of the kind "${String(model)}" (tokenizer.ggml.model); only byte-level BPE ` +
          '("gpt2") and SentencePiece ("llama") are supported yet. Choose a base model that uses one of them.',
  );
}

function readBytePairs(metadata: Readonly<Record<string, unknown>>): BytePairVocabulary {
  const pre = metadata['tokenizer.ggml.pre'];
  if (typeof pre !== 'string') {
    throw new TokenizerError(
      'tokenizer/metadata',
      'tokenizer.ggml.pre is missing; convert the model with a newer tool.',
    );
  }
  const tokens = readTokens(metadata);
  const merges = stringList(metadata, 'tokenizer.ggml.merges').map((merge): [string, string] => {
    const space = merge.indexOf(' ', 1);
    if (space < 0)
      throw new TokenizerError('tokenizer/metadata', `tokenizer.ggml.merges holds "${merge}", not a pair.`);
    return [merge.slice(0, space), merge.slice(space + 1)];
  });
  return { kind: 'byte-pair', pre, merges, ...tokens };
}

function readSentencePieces(metadata: Readonly<Record<string, unknown>>): SentencePieceVocabulary {
  const tokens = readTokens(metadata);
  const scores = metadata['tokenizer.ggml.scores'];
  if (!Array.isArray(scores) || scores.length !== tokens.tokens.length) {
    throw new TokenizerError('tokenizer/metadata', 'tokenizer.ggml.scores is not one number for each token.');
  }
  // As llama.cpp does, which takes a missing key for true.
  const spacePrefix = metadata['tokenizer.ggml.add_space_prefix'] !== false;
  return { kind: 'sentence-piece', scores: Float32Array.from(scores, Number), spacePrefix, ...tokens };
}

function readTokens(metadata: Readonly<Record<string, unknown>>): Tokens {
  const tokens = stringList(metadata, 'tokenizer.ggml.tokens');
  const types = readTypes(metadata['tokenizer.ggml.token_type'], tokens);
  return { tokens, types, ...readEndTokens(metadata, tokens, types) };
}

function readTypes(list: unknown, tokens: readonly string[]): Uint8Array {
  if (list !== undefined && (!Array.isArray(list) || list.length !== tokens.length)) {
    throw new TokenizerError('tokenizer/metadata', 'tokenizer.ggml.token_type is not one number for each token.');
  }
  const types =
    list === undefined ? new Uint8Array(tokens.length).fill(tokenType.normal) : Uint8Array.from(list.map(Number));
  for (const [token, text] of tokens.entries()) {
    if (endOfTurnTexts.includes(text) || endOfTextTexts.includes(text)) types[token] = tokenType.control;
  }
  return types;
}

function readEndTokens(
  metadata: Readonly<Record<string, unknown>>,
  tokens: readonly string[],
  types: Uint8Array,
): Pick<Tokens, 'endOfTurnToken' | 'endTokens'> {
  const idOf = (key: string): number | undefined => {
    const value = metadata[`tokenizer.ggml.${key}`];
    if (value === undefined) return undefined;
    const id = Number(value);
    if (Number.isInteger(id) && id >= 0 && id < tokens.length) return id;
    throw new TokenizerError(
      'tokenizer/metadata',
      `tokenizer.ggml.${key} is ${String(value)}, which is no token's id.`,
    );
  };
  const endOfText = idOf('eos_token_id');
  const named = (texts: readonly string[]) =>
    texts.map((text) => tokens.indexOf(text)).filter((id) => id >= 0 && types[id] === tokenType.control);
  const turnEnds = named(endOfTurnTexts);
  const endOfTurnToken =
    idOf('eot_token_id') ??
    (endOfText !== undefined && turnEnds.includes(endOfText) ? endOfText : undefined) ??
    turnEnds[0] ??
    endOfText;
  if (endOfTurnToken === undefined) {
    throw new TokenizerError('tokenizer/metadata', 'No token ends a turn: tokenizer.ggml.eos_token_id is missing.');
  }
  const others = [endOfText, idOf('eom_token_id'), ...turnEnds, ...named(endOfTextTexts)].filter(
    (id): id is number => id !== undefined && id !== endOfTurnToken,
  );
  return { endOfTurnToken, endTokens: [endOfTurnToken, ...[...new Set(others)].sort((a, b) => a - b)] };
}

function stringList(metadata: Readonly<Record<string, unknown>>, key: string): string[] {
  const list = metadata[key];
  if (Array.isArray(list) && list.length > 0 && list.every((text) => typeof text === 'string')) return list;
  throw new TokenizerError(
    'tokenizer/metadata',
    `${key} is not a list of texts; convert the model anew with llama.cpp.`,
  );
}
