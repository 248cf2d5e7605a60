import { tiktoken } from './pre-tokenizer-json.js';
import { TokenizerError } from './tokenizer-error.js';
import { type BytePairVocabulary, readVocabulary, type SentencePieceVocabulary, tokenType } from './vocabulary.js';

/** The two files that transformers reads a tokenizer from, as values for JSON. */
export interface HuggingFaceTokenizer {
  /** `tokenizer.json`, of the `tokenizers` library. */
  tokenizer: Record<string, unknown>;
  /** `tokenizer_config.json`: the tokens that begin and end texts, and the chat template. */
  tokenizerConfig: Record<string, unknown>;
}

/**
 * The tokenizer of a GGUF file in the form of a Hugging Face folder: the inverse of `tokenizerMetadata`. Tokens that are
 * never used are left out.
 * @param metadata key-values of the file
 * @throws TokenizerError `tokenizer/unsupported`, `tokenizer/metadata`
 */
export function huggingFaceTokenizer(metadata: Readonly<Record<string, unknown>>): HuggingFaceTokenizer {
  const vocabulary = readVocabulary(metadata);
  const { tokens, types } = vocabulary;
  const isUsed = (id: number) => types[id] !== tokenType.unused;
  const ids = new Map<string, number>();
  for (const [id, text] of tokens.entries()) {
    if (!isUsed(id)) continue;
    if (ids.has(text)) {
      const message = `The tokens ${ids.get(text)} and ${id} have the same text, which tokenizer.json cannot say.`;
      throw new TokenizerError('tokenizer/unsupported', message);
    }
    ids.set(text, id);
  }
  const added = tokens.flatMap((content, id) => {
    const special = types[id] === tokenType.control || types[id] === tokenType.unknown;
    if (!special && types[id] !== tokenType.userDefined) return [];
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }];
  });
  const named = specialTokens(metadata, tokens);
  const parts = vocabulary.kind === 'byte-pair' ? bytePairParts(vocabulary) : pieceParts(vocabulary, named.unk_token);
  const begins = metadata['tokenizer.ggml.add_bos_token'] === true ? named.bos_token : undefined;
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added,
      normalizer: parts.normalizer,
      pre_tokenizer: parts.preTokenizer,
      post_processor: begins === undefined ? null : beginWith(begins, ids.get(begins)!),
      decoder: parts.decoder,
      model: { type: 'BPE', dropout: null, ...parts.model, vocab: Object.fromEntries(ids) },
    },
    tokenizerConfig: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      clean_up_tokenization_spaces: false,
      add_bos_token: begins !== undefined,
      ...named,
      ...(typeof metadata['tokenizer.chat_template'] === 'string'
        ? { chat_template: metadata['tokenizer.chat_template'] }
        : {}),
    },
  };
}

interface TokenizerParts {
  normalizer: unknown;
  preTokenizer: unknown;
  decoder: unknown;
  model: Record<string, unknown>;
}

const byteLevel = (splits: boolean) => {
  return { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: splits };
};

const tiktokenWords = (digits: string) => [
  { type: 'Split', pattern: { Regex: tiktoken(digits) }, behavior: 'Isolated', invert: false },
  byteLevel(false),
];

const singleNumbers = [{ type: 'Digits', individual_digits: true }, byteLevel(true)];

/** How words are split, by the values of `tokenizer.ggml.pre`; and whether whole words come before merges. */
const wordSplittings: ReadonlyMap<string, { steps: readonly unknown[]; ignoreMerges: boolean }> = new Map([
  ['gpt-2', { steps: [byteLevel(true)], ignoreMerges: false }],
  ['smollm', { steps: singleNumbers, ignoreMerges: false }],
  ['starcoder', { steps: singleNumbers, ignoreMerges: false }],
  ['llama-bpe', { steps: tiktokenWords('{1,3}'), ignoreMerges: true }],
  ['llama-v3', { steps: tiktokenWords('{1,3}'), ignoreMerges: true }],
  ['llama3', { steps: tiktokenWords('{1,3}'), ignoreMerges: true }],
  ['qwen2', { steps: tiktokenWords(''), ignoreMerges: false }],
  ['deepseek-r1-qwen', { steps: tiktokenWords(''), ignoreMerges: false }],
]);

function bytePairParts({ pre, merges }: BytePairVocabulary): TokenizerParts {
  const splitting = wordSplittings.get(pre);
  if (splitting === undefined) {
    const message = `How this tokenizer splits words, "${pre}" (tokenizer.ggml.pre), cannot be written as tokenizer.json yet.`;
    throw new TokenizerError('tokenizer/unsupported', message);
  }
  const { steps, ignoreMerges } = splitting;
  return {
    normalizer: null,
    preTokenizer: steps.length === 1 ? steps[0] : { type: 'Sequence', pretokenizers: steps },
    decoder: byteLevel(true),
    model: { unk_token: null, fuse_unk: false, byte_fallback: false, ignore_merges: ignoreMerges, merges },
  };
}

/** SentencePiece as the `tokenizers` library has it: BPE over characters, with bytes for what it does not know. */
function pieceParts(vocabulary: SentencePieceVocabulary, unknownToken: string | undefined): TokenizerParts {
  const space = { pattern: { String: ' ' } };
  const replace = { type: 'Replace', ...space, content: '▁' };
  const { spacePrefix } = vocabulary;
  return {
    normalizer: spacePrefix ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, replace] } : replace,
    preTokenizer: { type: 'Split', ...space, behavior: 'MergedWithPrevious', invert: false },
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(spacePrefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      ...{ unk_token: unknownToken ?? null, fuse_unk: true, byte_fallback: true, ignore_merges: false },
      merges: pieceMerges(vocabulary),
    },
  };
}

/** All pairs of pieces that are a piece together, that with the higher score first (as transformers converts them). */
function pieceMerges({ tokens, types, scores }: SentencePieceVocabulary): [string, string][] {
  const pieces = new Map<string, number>();
  for (const [id, text] of tokens.entries()) if (types[id] === tokenType.normal) pieces.set(text, id);
  const byScore = [...pieces].sort(([, a], [, b]) => scores[b]! - scores[a]! || a - b);
  return byScore.flatMap(([text]) => {
    const pairs: [string, string][] = [];
    for (let end = 1; end < text.length; end++) {
      const pair: [string, string] = [text.slice(0, end), text.slice(end)];
      if (pair.every((part) => pieces.has(part))) pairs.push(pair);
    }
    return pairs.sort((a, b) => pieces.get(a[0])! - pieces.get(b[0])! || pieces.get(a[1])! - pieces.get(b[1])!);
  });
}

/** Texts of the tokens that GGUF's keys name, under transformers' names. */
function specialTokens(
  metadata: Readonly<Record<string, unknown>>,
  tokens: readonly string[],
): Partial<Record<'bos_token' | 'eos_token' | 'unk_token' | 'pad_token', string>> {
  const text = (key: string) => tokens[Number(metadata[`tokenizer.ggml.${key}_token_id`] ?? -1)];
  const named = {
    ...{ bos_token: text('bos'), eos_token: text('eos') },
    ...{ unk_token: text('unknown'), pad_token: text('padding') },
  };
  return Object.fromEntries(Object.entries(named).filter(([, token]) => token !== undefined));
}

function beginWith(token: string, id: number): unknown {
  const begin = { SpecialToken: { id: token, type_id: 0 } };
  const text = (sequence: string, type: number) => ({ Sequence: { id: sequence, type_id: type } });
  return {
    type: 'TemplateProcessing',
    single: [begin, text('A', 0)],
    pair: [begin, text('A', 0), begin, text('B', 1)],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  };
}
