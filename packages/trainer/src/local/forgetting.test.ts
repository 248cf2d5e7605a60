import type { ConversationExample } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { compareGeneralLoss, createGeneralLoss } from './forgetting.js';
import type { GeneralRenderer } from './general-examples.js';
import type { TrainingExample } from './training-example.js';

/** A token a character. */
const example = (text: string): TrainingExample => ({
  tokens: Int32Array.from(text, (character) => character.codePointAt(0)!),
  labelMask: new Uint8Array(text.length).fill(1, 1),
});
const textOf = ({ tokens }: TrainingExample) => String.fromCodePoint(...tokens);

const question = (content: string): ConversationExample => ({
  kind: 'conversation',
  messages: [{ role: 'user', content }],
  location: { file: 'questions.jsonl' },
});

const renderer: GeneralRenderer = {
  text: example,
  conversations(rows, maxTokens) {
    const examples = rows.map((row) => example((row as ConversationExample).messages[0]!.content as string));
    const fitting = examples.filter(({ tokens }) => tokens.length <= maxTokens);
    return { examples: fitting, skipped: examples.length - fitting.length };
  },
};

describe('createGeneralLoss', () => {
  it('measures texts and questions apart, with the adapter it is given', async () => {
    const adapter = [{ name: 'a', shape: [1, 1] as [number, number], data: Float32Array.of(1) }];
    const measured: [string[], unknown][] = [];
    const measure = createGeneralLoss(
      { texts: ['a long text', 'short'], questions: [question('why?'), question('how is it?')] },
      {
        renderer,
        maxTokens: 6,
        meanLoss: async (examples, parameters) => measured.push([examples.map(textOf), parameters]),
      },
    );
    expect(await measure(adapter)).toEqual({ text: 1, questions: 2 });
    // Texts are cut, questions are not.
    expect(measured).toEqual([
      [['a long', 'short'], adapter],
      [['why?'], adapter],
    ]);
  });

  it('refuses a context that holds no question', () => {
    const set = { texts: ['a text'], questions: [question('why?')] };
    expect(() => createGeneralLoss(set, { renderer, maxTokens: 3, meanLoss: async () => 0 })).toThrow(
      expect.objectContaining({ code: 'training/bad-option' }),
    );
  });
});

describe('compareGeneralLoss', () => {
  it('sets what was before beside what is after', () => {
    expect(compareGeneralLoss({ text: 2, questions: 1 }, { text: 3, questions: 1.5 })).toEqual({
      text: { before: 2, after: 3 },
      questions: { before: 1, after: 1.5 },
    });
  });
});
