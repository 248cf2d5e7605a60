import { isRecord } from './json-values.js';
import { TokenizerError } from './tokenizer-error.js';

/** tiktoken's pattern cl100k_base as tokenizer.json files write it, with up to three digits together, and with one. */
export const tiktoken = (digits: string) =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*` +
  '|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

const splitPatterns: ReadonlyMap<string, string> = new Map([
  [tiktoken('{1,3}'), 'llama-bpe'],
  [tiktoken(''), 'qwen2'],
]);

/**
 * llama.cpp's name (`tokenizer.ggml.pre`) for how a tokenizer.json file of byte-level BPE cuts text into words.
 * @throws TokenizerError `tokenizer/unsupported`
 */
export function wordSplittingName(tokenizer: Readonly<Record<string, unknown>>): string {
  const { normalizer, pre_tokenizer: preTokenizer } = tokenizer;
  // Normal form C is left out, as by llama.cpp: text that is not in it is rare, and served as it was trained on.
  if (normalizer != null && !(isRecord(normalizer) && normalizer.type === 'NFC')) {
    throw unsupported(`#/normalizer: ${JSON.stringify(normalizer)}`);
  }
  const steps =
    isRecord(preTokenizer) && preTokenizer.type === 'Sequence' ? preTokenizer.pretokenizers : [preTokenizer];
  const name = Array.isArray(steps) && steps.every(isRecord) ? nameOf(steps) : undefined;
  if (name === undefined) throw unsupported(`#/pre_tokenizer: ${JSON.stringify(preTokenizer)}`);
  return name;
}

function nameOf(steps: readonly Readonly<Record<string, unknown>>[]): string | undefined {
  const bytes = steps.at(-1);
  if (bytes?.type !== 'ByteLevel' || bytes.add_prefix_space !== false || steps.length > 2) return undefined;
  // ByteLevel splits by GPT-2's own pattern unless told otherwise.
  const byGpt2 = bytes.use_regex !== false;
  const [split] = steps.slice(0, -1);
  if (split === undefined) return byGpt2 ? 'gpt-2' : undefined;
  if (split.type === 'Digits') return byGpt2 && split.individual_digits === true ? 'smollm' : undefined;
  if (split.type !== 'Split' || byGpt2 || split.behavior !== 'Isolated' || split.invert === true) return undefined;
  return isRecord(split.pattern) ? splitPatterns.get(String(split.pattern.Regex)) : undefined;
}

function unsupported(what: string): TokenizerError {
  return new TokenizerError(
    'tokenizer/unsupported',
    `This tokenizer prepares text in a way that is not supported yet (tokenizer.json${what}); choose a base model of ` +
      'the Llama 3, SmolLM2, Qwen 2, Qwen 3 or Gemma 3 families.',
  );
}
