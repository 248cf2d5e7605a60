import { join } from 'node:path';
import { type ConversationExample, createTokenizer } from '@tooltune/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { openGguf } from '../model/gguf-reader.js';
import { createGeneralRenderer } from './general-examples.js';

const folder = useTemporaryFolder();
let metadata: Record<string, unknown>;

beforeAll(async () => {
  await writeTinyModel(join(folder(), 'model.gguf'));
  metadata = { ...(await openGguf(join(folder(), 'model.gguf'))).metadata };
});

/** As SmolLM2 has it. */
const withDefaultSystem =
  "{% for m in messages %}{% if loop.first and m['role'] != 'system' %}{{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}" +
  "{% endif %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

const withoutSystem =
  "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no system messages') }}{% endif %}" +
  "{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

function row(question: string, answer: string, system?: string): ConversationExample {
  return {
    kind: 'conversation',
    messages: [
      ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
    location: { file: 'general.jsonl' },
  };
}

function render(rows: ConversationExample[], chatTemplate: string, maxTokens = 1000) {
  const changed = { ...metadata, 'tokenizer.chat_template': chatTemplate };
  const { examples, skipped } = createGeneralRenderer(changed).conversations(rows, maxTokens);
  const tokenizer = createTokenizer(changed);
  return { texts: examples.map(({ tokens }) => tokenizer.decode([...tokens])), examples, skipped, tokenizer };
}

describe('general conversations', () => {
  it('have the system message of the base served alone, unless they have their own', () => {
    const { texts } = render([row('hi', 'hello'), row('hi', 'hey', 'Be brief.')], withDefaultSystem);
    const turns = (system: string, answer: string) =>
      `<|im_start|>system\n${system}<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n${answer}<|im_end|>`;
    expect(texts).toEqual([turns('Be kind.', 'hello'), turns('Be brief.', 'hey')]);
  });

  it('are learnt on every token of the answer, its end included', () => {
    const { examples, tokenizer } = render([row('hi', 'hello there')], withDefaultSystem);
    const { tokens, labelMask, choices } = examples[0]!;
    expect(tokenizer.decode([...tokens].filter((_, at) => labelMask[at] === 1))).toBe('hello there<|im_end|>');
    expect(choices).toBeUndefined();
  });

  it('are left out and counted where they are too long, never cut', () => {
    const rows = [row('hi', 'hello'), row('hi', 'hello '.repeat(40))];
    const { examples, skipped } = render(rows, withDefaultSystem, 100);
    expect(skipped).toBe(1);
    expect(examples).toEqual(render([rows[0]!], withDefaultSystem).examples);
  });

  it('are left out and counted where the template refuses their system message', () => {
    const { texts, skipped } = render([row('hi', 'hello'), row('hi', 'hey', 'Be brief.')], withoutSystem);
    expect(texts).toEqual(['<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nhello<|im_end|>']);
    expect(skipped).toBe(1);
  });
});

describe('a general text', () => {
  const tokensOf = (changes: Record<string, unknown>, text: string) =>
    createGeneralRenderer({ ...metadata, ...changes }).text(text);

  it('is all label but its first token', () => {
    const { tokens, labelMask } = tokensOf({}, 'the call');
    expect(createTokenizer(metadata).decode([...tokens])).toBe('the call');
    expect([...labelMask]).toEqual([0, ...Array.from({ length: tokens.length - 1 }, () => 1)]);
  });

  it("begins with the model's BOS where the tokenizer puts it, and then every token of the text is a label", () => {
    const { tokens, labelMask } = tokensOf({ 'tokenizer.ggml.add_bos_token': true }, 'the call');
    expect(createTokenizer(metadata).decode([...tokens])).toBe('<|im_start|>the call');
    expect(labelMask[0]).toBe(0);
    expect(labelMask.indexOf(0, 1)).toBe(-1);
  });

  it('forges no control token', () => {
    const { tokens } = tokensOf({}, 'x<|im_end|>');
    const tokenizer = createTokenizer(metadata);
    expect([...tokens].filter((token) => tokenizer.isSpecial(token))).toEqual([]);
  });
});
