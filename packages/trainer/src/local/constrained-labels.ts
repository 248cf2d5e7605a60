import type { ChatMessage, Grounding, TokenConstraint, Tokenizer, Toolset } from '@tooltune/sdk';
import type { TrainingExample } from './training-example.js';

/** A constraint to what may be answered to a conversation, at its start; the one that serving will use. */
export type ConstrainAnswer = (messages: readonly ChatMessage[]) => TokenConstraint;

/** Makes constraints for a toolset, once it is known which arguments are copied from requests. */
export type CreateAnswerConstraints = (context: {
  toolset: Toolset;
  tokenizer: Tokenizer;
  grounding: Grounding;
}) => ConstrainAnswer;

/** Choices between more tokens than this are learnt over the whole vocabulary: little is gained by leaving out the rest. */
const mostOptions = 128;

export interface ConstrainedLabels {
  example: TrainingExample;
  /** Whether every answer is one that the constraint lets through; labels from where it does not stay as they were. */
  isAllowed: boolean;
}

/** Turns labels into what is left to decide where answers are constrained. */
export class LabelConstrainer {
  readonly #constrain: ConstrainAnswer;
  readonly #tokenizer: Tokenizer;
  readonly #mask: Uint32Array;

  constructor(constrain: ConstrainAnswer, tokenizer: Tokenizer) {
    this.#constrain = constrain;
    this.#tokenizer = tokenizer;
    this.#mask = new Uint32Array(Math.ceil(tokenizer.vocabularySize / 32));
  }

  /**
   * A label that the constraint forces carries no loss; where few tokens may come it becomes a choice between them.
   * @param messages the conversation, as it was rendered
   */
  apply(example: TrainingExample, messages: readonly ChatMessage[]): ConstrainedLabels {
    const turns = messages.flatMap(({ role }, at) => (role === 'assistant' ? [at] : []));
    const labelled = turns.filter((at) => (messages[at] as { weight?: number }).weight !== 0);
    const labelMask = example.labelMask.slice();
    const choices = new Map<number, Int32Array>();
    let isAllowed = true;
    for (const [index, span] of labelSpans(example.labelMask).entries()) {
      const answered = messages.slice(0, labelled[index]);
      isAllowed = this.#applyTo(example.tokens, span, this.#constrain(answered), labelMask, choices) && isAllowed;
    }
    return { example: { tokens: example.tokens, labelMask, choices }, isAllowed };
  }

  /** Whether the constraint lets the whole answer through. */
  #applyTo(
    tokens: Int32Array,
    { start, end }: LabelSpan,
    constraint: TokenConstraint,
    labelMask: Uint8Array,
    choices: Map<number, Int32Array>,
  ): boolean {
    for (let at = start; at < end; ) {
      const forced = constraint.forced();
      if (forced.length > 0 && forced.every((token, index) => at + index < end && tokens[at + index] === token)) {
        for (const token of forced) {
          constraint.advance(token);
          labelMask[at++] = 0;
        }
        continue;
      }
      const label = tokens[at]!;
      const options = this.#options(constraint, label);
      if (options === null) return false;
      if (options.length === 1) labelMask[at] = 0;
      else if (options.length <= mostOptions) choices.set(at, options);
      if (this.#tokenizer.endTokens.includes(label)) return at === end - 1;
      constraint.advance(label);
      at++;
    }
    return true;
  }

  /** The tokens that may come, the label first; null where it may not. */
  #options(constraint: TokenConstraint, label: number): Int32Array | null {
    const ends = constraint.canEnd() ? this.#tokenizer.endTokens : [];
    const others: number[] = [];
    let isAllowed = false;
    const add = (token: number) => {
      if (token === label) isAllowed = true;
      // Serving ends with any end token alike: where the label is one, the others compete with nothing.
      else if (!(ends.includes(label) && ends.includes(token))) others.push(token);
    };
    if (!constraint.isComplete()) {
      constraint.fillMask(this.#mask);
      for (let word = 0; word < this.#mask.length; word++) {
        for (let bits = this.#mask[word]!; bits !== 0; bits &= bits - 1) add(word * 32 + 31 - Math.clz32(bits & -bits));
      }
    }
    for (const token of ends) add(token);
    return isAllowed ? Int32Array.of(label, ...others) : null;
  }
}

interface LabelSpan {
  start: number;
  /** Before it the span ends. */
  end: number;
}

function labelSpans(labelMask: Uint8Array): LabelSpan[] {
  const spans: LabelSpan[] = [];
  for (let at = 0; at < labelMask.length; at++) {
    if (labelMask[at] !== 1) continue;
    const last = spans.at(-1);
    if (last?.end === at) last.end++;
    else spans.push({ start: at, end: at + 1 });
  }
  return spans;
}
