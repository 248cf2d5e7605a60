import { readFile } from 'node:fs/promises';
import { gguf } from '@huggingface/gguf';
import {
  createTokenizer,
  formatToolCalls,
  isGroundedSpan,
  type Tokenizer,
  type Tool,
  type ToolCall,
} from '@tooltune/sdk';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileToolConstraint, createVocabulary, type ToolChoice, type Vocabulary } from './index.js';

interface Row {
  messages: { role: string; content: string }[];
  calls: ToolCall[];
}

let tokenizer: Tokenizer;
let vocabulary: Vocabulary;
let tools: Tool[];
let rows: Row[];

beforeAll(async () => {
  const { path } = await resolveBaseModel('smollm2-135m');
  const { metadata } = await gguf(path, { allowLocalFile: true });
  tokenizer = createTokenizer(metadata as Record<string, unknown>);
  vocabulary = createVocabulary(tokenizer);
  const file = new URL('../../test/fixtures/snips-excerpt.json', import.meta.url);
  ({ tools, rows } = JSON.parse(await readFile(file, 'utf8')) as { tools: Tool[]; rows: Row[] });
});

/** The tools with every free string copied from the request. */
function groundedTools(): Tool[] {
  return structuredClone(tools).map((tool) => {
    for (const property of Object.values(tool.parameters.properties as Record<string, Record<string, string>>)) {
      if (property.type === 'string' && property.enum === undefined) property['x-grounded'] = 'span-ci';
    }
    return tool;
  });
}

const isCopied = ({ messages, calls }: Row) =>
  calls.every(({ arguments: values }) =>
    Object.values(values).every(
      (value) => typeof value !== 'string' || isGroundedSpan([messages[0]!.content], value, 'span-ci'),
    ),
  );

describe('calls of real requests, in SmolLM2 tokens', () => {
  test.each<[ToolChoice & string, boolean]>([
    ['auto', false],
    ['required', false],
    ['required', true],
  ])(
    'toolChoice %s, grounded %s: accepted token by token, what is forced is what the tokenizer writes',
    (toolChoice, grounded) => {
      const compiled = compileToolConstraint({
        tools: grounded ? groundedTools() : tools,
        callFormat: 'json-in-tags',
        toolChoice,
        parallelCalls: true,
      });
      const mask = new Uint32Array(Math.ceil(vocabulary.size / 32));
      let forcedTokens = 0;
      let allTokens = 0;
      // Enum values need not be in the request, but those of these rows are.
      const usable = grounded ? rows.filter(isCopied) : rows;
      expect(usable.length).toBeGreaterThan(50);
      for (const { messages, calls } of usable) {
        const tokens = tokenizer.encode(formatToolCalls(calls, 'json-in-tags'), { special: false });
        const walk = compiled.start({
          vocabulary,
          groundingTexts: messages.map(({ content }) => content),
          maxTokens: 300,
        });
        let known = 0;
        for (const [position, token] of tokens.entries()) {
          const forced = walk.forced();
          expect(tokens.slice(position, position + forced.length)).toEqual(forced);
          known = Math.max(known, position + forced.length);
          if (position < known) forcedTokens++;
          allTokens++;
          walk.fillMask(mask);
          expect((mask[token >>> 5]! >>> (token & 31)) & 1, tokenizer.decode(tokens.slice(0, position + 1))).toBe(1);
          walk.advance(token);
        }
        expect(walk.canEnd()).toBe(true);
      }
      // Half of a call is syntax that the model need not be asked for; less where it may also answer in words.
      expect(forcedTokens / allTokens).toBeGreaterThan(toolChoice === 'auto' ? 0.4 : 0.5);
    },
  );

  test('mask and allows agree on all 49,152 tokens', () => {
    const options = { callFormat: 'json-in-tags', toolChoice: 'auto', parallelCalls: false } as const;
    const compiled = compileToolConstraint({ tools: groundedTools(), ...options });
    const { messages, calls } = rows.find(isCopied)!;
    const tokens = tokenizer.encode(`Right away: ${formatToolCalls(calls, 'json-in-tags')}`, { special: false });
    const groundingTexts = messages.map(({ content }) => content);
    const mask = new Uint32Array(Math.ceil(vocabulary.size / 32));
    for (const maxTokens of [Number.POSITIVE_INFINITY, tokens.length]) {
      const walk = compiled.start({ vocabulary, groundingTexts, maxTokens });
      for (const token of tokens) {
        walk.fillMask(mask);
        const differing: number[] = [];
        for (let other = 0; other < vocabulary.size; other++) {
          if (walk.allows(other) !== (((mask[other >>> 5]! >>> (other & 31)) & 1) === 1)) differing.push(other);
        }
        expect(differing).toEqual([]);
        if (!walk.allows(token)) break;
        walk.advance(token);
      }
    }
  });
});
