import { type Example, type IntentExample, type IntentLabel, type PromptRenderer, suggestion } from '@tooltune/sdk';
import { type BadRow, refuseBadRows } from '../bad-rows.js';
import type { TrainingExample } from '../training-example.js';

/** The rows, if all name intents. Throws `training/bad-rows`. */
export function intentRows(examples: readonly Example[]): IntentExample[] {
  const message = 'a conversation; adapters that name intents train on rows of {"text", "intent"}';
  const conversations = examples.filter(({ kind }) => kind !== 'intent');
  refuseBadRows(
    conversations.map(({ location }) => ({ location, message })),
    examples.length,
  );
  return examples as IntentExample[];
}

/** The intents that rows have, each once; null where rows are out of scope. */
export function intentsOf(rows: readonly IntentExample[]): (string | null)[] {
  return [...new Set(rows.map(({ intent }) => intent))];
}

export interface IntentRendererOptions {
  renderer: PromptRenderer;
  labels: readonly IntentLabel[];
  /** Longer rows are refused, never cut silently. */
  maxTokens: number;
}

/** Turns rows into examples: the prompt, and one label that is a choice between the labels' tokens. */
export class IntentRenderer {
  readonly #options: IntentRendererOptions;
  /** By intent: its token first, then all others in the order of the labels. */
  readonly #choices: ReadonlyMap<string | null, Int32Array>;

  constructor(options: IntentRendererOptions) {
    this.#options = options;
    const tokens = options.labels.map(({ token }) => token);
    const choiceOf = (token: number) => Int32Array.of(token, ...tokens.filter((other) => other !== token));
    this.#choices = new Map(options.labels.map(({ intent, token }) => [intent, choiceOf(token)]));
  }

  /** Rows to learn from. Throws `training/bad-rows` where one is too long or has none of the labels. */
  render(rows: readonly IntentExample[]): TrainingExample[] {
    return this.#render(rows, (intent) => this.#choices.get(intent));
  }

  /** Rows to score, not to learn from, whatever their intent. Throws `training/bad-rows` where one is too long. */
  renderUnlabelled(rows: readonly IntentExample[]): TrainingExample[] {
    const any = this.#choices.get(this.#options.labels[0]!.intent);
    return this.#render(rows, () => any);
  }

  #render(
    rows: readonly IntentExample[],
    choiceOf: (intent: string | null) => Int32Array | undefined,
  ): TrainingExample[] {
    const { renderer, maxTokens } = this.#options;
    const problems: BadRow[] = [];
    const examples: TrainingExample[] = [];
    for (const { text, intent, location } of rows) {
      const choice = choiceOf(intent);
      if (choice === undefined) {
        problems.push({ location, message: this.#describeUnknown(intent) });
        continue;
      }
      const prompt = renderer.renderPrompt([{ role: 'user', content: text }]);
      const length = prompt.length + 1;
      if (length > maxTokens) problems.push({ location, message: `${length} tokens, at most ${maxTokens} fit` });
      else examples.push(answered(prompt, choice));
    }
    refuseBadRows(problems, rows.length);
    return examples;
  }

  #describeUnknown(intent: string | null): string {
    if (intent === null) return 'out of scope, which no row to learn from is';
    const known = this.#options.labels.flatMap((label) => (label.intent === null ? [] : [label.intent]));
    return `no row to learn from has the intent "${intent}"${suggestion(intent, known)}`;
  }
}

/** @param choice tokens that may answer, the right one first */
function answered(prompt: readonly number[], choice: Int32Array): TrainingExample {
  const labelMask = new Uint8Array(prompt.length + 1);
  labelMask[prompt.length] = 1;
  return {
    tokens: Int32Array.from([...prompt, choice[0]!]),
    labelMask,
    choices: new Map([[prompt.length, choice]]),
  };
}
