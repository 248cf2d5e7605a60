import { createTokenizer, parseToolset, type Tokenizer } from '@tooltune/sdk';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compileToolConstraint, createVocabulary, type Vocabulary } from '../constraint/index.js';
import { createLlamaEngine, type ModelEngine } from '../engine/index.js';
import { decode } from './decode.js';

const { tools } = parseToolset([
  {
    name: 'set_thermostat',
    parameters: {
      type: 'object',
      properties: {
        room: { enum: ['kitchen', 'bedroom', 'bathroom', 'living room'] },
        // `10` and `10.00` are nearly a tie: what a token's batch does to its logits may decide it.
        degrees: { type: 'number', minimum: 5, maximum: 30 },
        until: { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' },
      },
      required: ['room', 'degrees'],
      additionalProperties: false,
    },
  },
  {
    name: 'play_music',
    parameters: {
      type: 'object',
      properties: { title: { type: 'string', maxLength: 30 }, artists: { type: 'array', items: { type: 'string' } } },
      required: ['title', 'artists'],
      additionalProperties: false,
    },
  },
]);

let engine: ModelEngine;
let tokenizer: Tokenizer;
let vocabulary: Vocabulary;
beforeAll(async () => {
  engine = await createLlamaEngine({ modelPath: (await resolveBaseModel('smollm2-135m')).path, contextSize: 512 });
  tokenizer = createTokenizer(engine.metadata);
  vocabulary = createVocabulary(tokenizer);
});
afterAll(() => engine.dispose());

async function answer(request: string, forcing: boolean) {
  const compiled = compileToolConstraint({
    tools,
    callFormat: 'json-in-tags',
    toolChoice: 'required',
    parallelCalls: false,
    vocabulary,
  });
  const constraint = compiled.start({ vocabulary, maxTokens: 80 });
  const prompt = `<|im_start|>user\n${request}<|im_end|>\n<|im_start|>assistant\n`;
  const promptTokens = tokenizer.encode(prompt);
  const tokens: number[] = [];
  const steps = decode({ engine, promptTokens, constraint, maxTokens: 80, endTokens: tokenizer.endTokens, forcing });
  for (let step = await steps.next(); ; step = await steps.next()) {
    if (step.done) return { text: tokenizer.decode(tokens), forced: step.value.forcedTokens };
    tokens.push(step.value.token);
  }
}

it.each([
  'Make the bedroom 21 degrees until half past nine.',
  'Play Hallelujah by Leonard Cohen and Jeff Buckley.',
  'It is freezing in the bathroom!',
  'some quiet jazz, please',
  'Ten degrees in the living room.',
  'half a degree more than 20 in the kitchen until 7',
  'Songs: Both Sides Now, Case of You, River - all by Joni',
  'hello?',
  'bedroom, 5, 22:30',
  'Miles and Coltrane, So What',
  'set everything to a comfortable temperature until the evening',
  'kitchen 18.5',
])('greedy output is the same whether forced text is taken or asked for: %s', async (request) => {
  const taken = await answer(request, true);
  const asked = await answer(request, false);
  expect(taken.text).toBe(asked.text);
  expect(taken.forced).toBeGreaterThan(15);
  expect(asked.forced).toBeLessThan(taken.forced);
});
