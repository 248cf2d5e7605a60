import { expectList, expectRecord, isRecord } from './json-values.js';
import { wordSplittingName } from './pre-tokenizer-json.js';
import { TokenizerError } from './tokenizer-error.js';
import { tokenType } from './vocabulary.js';

/** What a folder of the Hugging Face hub says of a model's tokenizer, as parsed JSON. */
export interface TokenizerFiles {
  /** `tokenizer.json`. */
  tokenizer: unknown;
  /** `tokenizer_config.json`: which tokens begin and end texts, and the chat template. */
  tokenizerConfig?: unknown;
  /** `config.json`: ids of the tokens that `tokenizer_config.json` does not name. */
  modelConfig?: unknown;
  /** Text of `chat_template.jinja`, used where `tokenizer_config.json` holds no template. */
  chatTemplate?: string | undefined;
  /**
   * Rows of the embedding table: ids without a token are filled up with tokens that are never used, and tokens without a
   * row are left out. Default: as many as there are tokens.
   */
  vocabularySize?: number | undefined;
}

/**
 * The tokenizer of a Hugging Face folder as the key-values of a GGUF file made from it, by the rules of llama.cpp's
 * convert_hf_to_gguf.py. So the tokenizer made from them gives the ids that llama.cpp will give, and has the fingerprint
 * of that file's. Like llama.cpp it does not bring text into normal form C, as Qwen's own tokenizer does.
 * @throws TokenizerError `tokenizer/unsupported`, `tokenizer/metadata`
 */
export function tokenizerMetadata(files: TokenizerFiles): Record<string, unknown> {
  const tokenizer = expectRecord(files.tokenizer, 'tokenizer.json');
  const model = expectRecord(tokenizer.model, 'tokenizer.json#/model');
  if (model.type !== 'BPE') {
    throw new TokenizerError(
      'tokenizer/unsupported',
      `This tokenizer is of the kind ${JSON.stringify(model.type)} (tokenizer.json#/model/type); only BPE is ` +
        'supported. Choose a base model that uses it.',
    );
  }
  const vocabulary = readVocabulary(model.vocab);
  const added = readAddedTokens(tokenizer.added_tokens);
  const merges = readMerges(model.merges);
  // With bytes to fall back to it is SentencePiece's vocabulary in other clothes, else GPT-2's byte-level BPE.
  const pieces = model.byte_fallback === true;
  const { tokens, types } = listTokens(vocabulary, added, files.vocabularySize, pieces);
  const idOf = (text: string) => added.find(({ content }) => content === text)?.id ?? vocabulary.get(text);
  return {
    ...(pieces ? pieceKeys(tokenizer, merges, vocabulary, types) : bytePairKeys(tokenizer, merges)),
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': types,
    ...specialTokenKeys(files.tokenizerConfig, files.modelConfig, idOf),
    ...chatTemplateKeys(files.tokenizerConfig, files.chatTemplate),
  };
}

interface AddedToken {
  id: number;
  content: string;
  special: boolean;
}

type Merge = readonly [left: string, right: string];

function readVocabulary(value: unknown): ReadonlyMap<string, number> {
  const place = 'tokenizer.json#/model/vocab';
  const ids = new Map<string, number>();
  for (const [text, id] of Object.entries(expectRecord(value, place))) ids.set(text, expectId(id, place));
  return ids;
}

function readAddedTokens(value: unknown): AddedToken[] {
  const place = 'tokenizer.json#/added_tokens';
  return expectList(value ?? [], place).map((entry, index) => {
    const { id, content, special } = expectRecord(entry, `${place}/${index}`);
    return { id: expectId(id, `${place}/${index}/id`), content: String(content), special: special === true };
  });
}

/** Pairs, or, in older files, both parts with a space between. */
function readMerges(value: unknown): Merge[] {
  const place = 'tokenizer.json#/model/merges';
  return expectList(value, place).map((merge, index): Merge => {
    const [left, right, ...rest] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : [];
    if (typeof left === 'string' && typeof right === 'string' && rest.length === 0) return [left, right];
    throw new TokenizerError('tokenizer/metadata', `${place}/${index} is ${JSON.stringify(merge)}, no pair.`);
  });
}

function expectId(value: unknown, place: string): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw new TokenizerError('tokenizer/metadata', `${place} holds ${JSON.stringify(value)}, which is no token's id.`);
}

/** Tokens by their ids, and their types. */
function listTokens(
  vocabulary: ReadonlyMap<string, number>,
  added: readonly AddedToken[],
  size: number | undefined,
  pieces: boolean,
): { tokens: string[]; types: number[] } {
  const length = size ?? 1 + Math.max(...added.map(({ id }) => id), lastId(vocabulary));
  const tokens = Array.from({ length }, (_, id) => `[PAD${id}]`);
  const types = new Array<number>(length).fill(tokenType.unused);
  for (const [text, id] of vocabulary) {
    tokens[id] = text;
    types[id] = pieces && /^<0x[0-9A-F]{2}>$/.test(text) ? tokenType.byte : tokenType.normal;
  }
  for (const { id, content, special } of added) {
    const control = special || looksSpecial(content);
    tokens[id] = control ? content : content.replaceAll('▁', ' ');
    types[id] = control ? tokenType.control : tokenType.userDefined;
  }
  return { tokens: tokens.slice(0, length), types: types.slice(0, length) };
}

function lastId(vocabulary: ReadonlyMap<string, number>): number {
  let last = -1;
  for (const id of vocabulary.values()) last = Math.max(last, id);
  return last;
}

/** Texts that llama.cpp's converter takes for control tokens, whatever the file says. */
function looksSpecial(text: string): boolean {
  const known = ['<pad>', '<mask>', '<2mass>', '[@BOS@]'];
  return known.includes(text) || /^(?:<\|.*\|>|<｜.*｜>|<unused.*>)$/su.test(text);
}

function bytePairKeys(tokenizer: Readonly<Record<string, unknown>>, merges: readonly Merge[]): Record<string, unknown> {
  return {
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': wordSplittingName(tokenizer),
    'tokenizer.ggml.merges': merges.map(([left, right]) => `${left} ${right}`),
  };
}

/**
 * SentencePiece merges by scores, which tokenizer.json has lost: its merges stand in their order. In the vocabularies that
 * are known, scores fall with ids, so the ids tell them; the merges tell whether that is so.
 */
function pieceKeys(
  tokenizer: Readonly<Record<string, unknown>>,
  merges: readonly Merge[],
  vocabulary: ReadonlyMap<string, number>,
  types: readonly number[],
): Record<string, unknown> {
  const spaces = writtenSpaces(tokenizer);
  let last = -1;
  const byId = merges.every(([left, right]) => {
    const id = vocabulary.get(left + right) ?? -1;
    if (types[id] !== tokenType.normal) return true;
    const inOrder = id >= last;
    last = id;
    return inOrder;
  });
  if (spaces === undefined || !byId) {
    const what = byId ? `#/normalizer` : 'merges that are not in the order of their ids';
    throw new TokenizerError(
      'tokenizer/unsupported',
      `This tokenizer has pieces and bytes, and something that is not supported yet (tokenizer.json: ${what}). Choose ` +
        'a base model that has not, such as Gemma 3 or TinyLlama.',
    );
  }
  let rank = 0;
  const scores = types.map((type) =>
    type === tokenType.normal ? -rank++ : type === tokenType.byte ? 0 : type === tokenType.unused ? -10_000 : -1_000,
  );
  return {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.pre': 'default',
    'tokenizer.ggml.scores': scores,
    'tokenizer.ggml.add_space_prefix': spaces.prefix,
  };
}

/** Whether spaces are written as U+2581, and one before every text; undefined where that is not all that is done. */
function writtenSpaces({
  normalizer,
  pre_tokenizer: words,
}: Readonly<Record<string, unknown>>): { prefix: boolean } | undefined {
  if (isRecord(words) && words.type === 'Metaspace') {
    // As transformers converts Llama 2's newer ("legacy": false). "first" leaves out the space behind special tokens.
    const known = normalizer === null && words.replacement === '▁' && words.split === false;
    return known ? { prefix: words.prepend_scheme !== 'never' } : undefined;
  }
  const steps = isRecord(normalizer) && normalizer.type === 'Sequence' ? normalizer.normalizers : [normalizer];
  const [last, before, ...more] = Array.isArray(steps) ? steps.toReversed() : [];
  const replaces = isRecord(last) && last.type === 'Replace' && last.content === '▁';
  const prepends = isRecord(before) && before.type === 'Prepend' && before.prepend === '▁';
  if (!replaces || more.length > 0 || (before !== undefined && !prepends)) return undefined;
  return { prefix: prepends };
}

/** GGUF's names for the tokens that `bos_token`, `eos_token` and their like name. */
const specialTokenNames = { bos: 'bos', eos: 'eos', unk: 'unknown', sep: 'seperator', pad: 'padding' } as const;

function specialTokenKeys(
  tokenizerConfig: unknown,
  modelConfig: unknown,
  idOf: (text: string) => number | undefined,
): Record<string, unknown> {
  const named = isRecord(tokenizerConfig) ? tokenizerConfig : {};
  const numbered = isRecord(modelConfig) ? modelConfig : {};
  const keys: Record<string, unknown> = {};
  for (const [kind, name] of Object.entries(specialTokenNames)) {
    const entry = named[`${kind}_token`];
    const text = isRecord(entry) ? entry.content : entry;
    const id = (typeof text === 'string' ? idOf(text) : undefined) ?? numbered[`${kind}_token_id`];
    // A list of ids, as some files have for eos, is left out, as by llama.cpp's converter.
    if (typeof id === 'number') keys[`tokenizer.ggml.${name}_token_id`] = id;
  }
  for (const kind of ['bos', 'eos']) {
    const adds = named[`add_${kind}_token`];
    if (typeof adds === 'boolean') keys[`tokenizer.ggml.add_${kind}_token`] = adds;
  }
  return keys;
}

/** The template itself, or the default one of several. */
function chatTemplateKeys(tokenizerConfig: unknown, ownFile: string | undefined): Record<string, unknown> {
  const given = (isRecord(tokenizerConfig) ? tokenizerConfig.chat_template : undefined) ?? ownFile;
  const template = Array.isArray(given)
    ? given.filter(isRecord).find(({ name }) => name === 'default')?.template
    : given;
  return typeof template === 'string' ? { 'tokenizer.chat_template': template } : {};
}
