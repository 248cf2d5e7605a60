import type { ChatMessage, TokenConstraint, Tokenizer } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { render } from '../../test/branching-examples.js';
import { LabelConstrainer } from './constrained-labels.js';

const end = 99;
const tokenizer = { vocabularySize: 300, endTokens: [end, 98] } as unknown as Tokenizer;
const user: ChatMessage = { role: 'user', content: 'u' };
const assistant: ChatMessage = { role: 'assistant', content: 'a' };

/** A constraint to one of a few answers, written as lists of tokens; every prefix of them is a state. */
class AnswersConstraint implements TokenConstraint {
  readonly #answers: readonly (readonly number[])[];
  readonly #taken: number[] = [];

  constructor(answers: readonly (readonly number[])[]) {
    this.#answers = answers;
  }

  #next(): number[] {
    const left = this.#answers.filter((answer) => this.#taken.every((token, at) => answer[at] === token));
    return [...new Set(left.flatMap((answer) => answer.slice(this.#taken.length, this.#taken.length + 1)))];
  }

  allows(token: number) {
    return this.#next().includes(token);
  }
  fillMask(mask: Uint32Array) {
    mask.fill(0);
    for (const token of this.#next()) mask[token >>> 5]! |= 1 << (token & 31);
  }
  advance(token: number) {
    if (!this.allows(token)) throw new Error(`${token} is not allowed`);
    this.#taken.push(token);
  }
  rollback(count: number) {
    this.#taken.length -= count;
  }
  fork(): TokenConstraint {
    throw new Error('not needed');
  }
  forced() {
    const forced: number[] = [];
    while (!this.canEnd() && this.#next().length === 1) {
      forced.push(this.#next()[0]!);
      this.#taken.push(this.#next()[0]!);
    }
    this.#taken.length -= forced.length;
    return forced;
  }
  canEnd() {
    return this.#answers.some(
      (answer) => answer.length === this.#taken.length && answer.every((t, at) => t === this.#taken[at]),
    );
  }
  isComplete() {
    return this.canEnd() && this.#next().length === 0;
  }
  shortestCompletion() {
    return [];
  }
}

function apply(example: ReturnType<typeof render>, answers: number[][], messages: ChatMessage[] = [user, assistant]) {
  return new LabelConstrainer(() => new AnswersConstraint(answers), tokenizer).apply(example, messages);
}

const choicesOf = ({ example }: ReturnType<typeof apply>) =>
  [...example.choices!].map(([at, options]) => [at, options[0], [...options.subarray(1)].sort((a, b) => a - b)]);

describe('LabelConstrainer', () => {
  it('leaves out what is forced, and learns the rest as choices, the label first', () => {
    const result = apply(render([1, 2], [10, 11, 20, 30, end]), [
      [10, 11, 20, 30],
      [10, 11, 21, 30],
      [10, 11, 22],
    ]);
    expect([...result.example.labelMask]).toEqual([0, 0, 0, 0, 1, 0, 0]);
    expect(choicesOf(result)).toEqual([[4, 20, [21, 22]]]);
    expect(result.isAllowed).toBe(true);
  });

  it('weighs ending against going on, and no end token against another', () => {
    const goesOn = apply(render([1], [10, 20, end]), [[10], [10, 20]]);
    expect(choicesOf(goesOn)).toEqual([[2, 20, [98, 99]]]);
    const ends = apply(render([1], [10, end]), [[10], [10, 20]]);
    expect(choicesOf(ends)).toEqual([[2, end, [20]]]);
  });

  it('learns over the whole vocabulary where very many tokens may come', () => {
    const answers = Array.from({ length: 150 }, (_, at) => [100 + at]);
    const result = apply(render([1], [130, end]), answers);
    expect([...result.example.labelMask]).toEqual([0, 1, 0]);
    expect(choicesOf(result)).toEqual([]);
  });

  it('leaves labels as they are from where the answer is none that the constraint lets through', () => {
    const result = apply(render([1], [10, 20, 5, 6, end]), [
      [10, 20, 7],
      [10, 21],
    ]);
    expect([...result.example.labelMask]).toEqual([0, 0, 1, 1, 1, 1]);
    expect(choicesOf(result)).toEqual([[2, 20, [21]]]);
    expect(result.isAllowed).toBe(false);
  });

  it('constrains each turn by the conversation before it', () => {
    const example = render([1, 2], [10, end, 3, 4, 11, end]);
    example.labelMask.set([0, 0], 4);
    const asked: number[] = [];
    const constrainer = new LabelConstrainer((messages) => {
      asked.push(messages.length);
      return new AnswersConstraint(messages.length === 1 ? [[10], [12]] : [[11], [13]]);
    }, tokenizer);
    const result = constrainer.apply(example, [user, assistant, user, assistant]);
    expect(asked).toEqual([1, 3]);
    expect(choicesOf(result)).toEqual([
      [2, 10, [12]],
      [6, 11, [13]],
    ]);
    expect([...example.labelMask]).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
  });

  it('passes over turns that are not learnt', () => {
    const result = new LabelConstrainer(
      (messages) => new AnswersConstraint(messages.length === 3 ? [[11], [13]] : [[0]]),
      tokenizer,
    ).apply(render([1, 2, 3], [11, end]), [user, { ...assistant, weight: 0 }, user, assistant]);
    expect(choicesOf(result)).toEqual([[3, 11, [13]]]);
  });
});
