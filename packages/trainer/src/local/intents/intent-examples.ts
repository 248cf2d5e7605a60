import { type IntentLabel, namesOf, type PromptRenderer, suggestion, type TextExample } from '@tooltune/sdk';
import { type BadRow, refuseBadRows } from '../bad-rows.js';
import type { TrainingExample } from '../training-example.js';
import { levelTargets } from './level-targets.js';
import type { TextRows } from './text-rows.js';

/** The intents that rows have, each once; null where rows have none. */
export function intentsOf(rows: readonly TextExample[]): (string | null)[] {
  return [
    ...new Set(
      rows.flatMap((row): (string | null)[] => {
        const names = namesOf(row);
        return names.length === 0 ? [null] : names;
      }),
    ),
  ];
}

export interface IntentRendererOptions {
  kind: TextRows['kind'];
  renderer: PromptRenderer;
  labels: readonly IntentLabel[];
  /** Longer rows are refused, never cut silently. */
  maxTokens: number;
}

/** Tokens that may answer, and how likely each is to be; without targets the first is right. */
interface Answer {
  choice: Int32Array;
  targets?: Float32Array;
}

/** Turns rows into examples: the prompt, and one label that is a choice between the labels' tokens. */
export class IntentRenderer {
  readonly #options: IntentRendererOptions;
  /** By intent its place among the labels. */
  readonly #places: ReadonlyMap<string | null, number>;

  constructor(options: IntentRendererOptions) {
    this.#options = options;
    this.#places = new Map(options.labels.map(({ intent }, place) => [intent, place]));
  }

  /** Rows to learn from. Throws `training/bad-rows` where one is too long or has none of the labels. */
  render(rows: readonly TextExample[]): TrainingExample[] {
    return this.#render(rows, (row) => this.#answerOf(row));
  }

  /** Rows to score, not to learn from, whatever their intent. Throws `training/bad-rows` where one is too long. */
  renderUnlabelled(rows: readonly TextExample[]): TrainingExample[] {
    const any = this.#first(0);
    return this.#render(rows, () => any);
  }

  #render(rows: readonly TextExample[], answerOf: (row: TextExample) => Answer | undefined): TrainingExample[] {
    const { renderer, maxTokens } = this.#options;
    const problems: BadRow[] = [];
    const examples: TrainingExample[] = [];
    for (const row of rows) {
      const { text, location } = row;
      const answer = answerOf(row);
      if (answer === undefined) {
        problems.push({ location, message: this.#describeUnknown(row) });
        continue;
      }
      const prompt = renderer.renderPrompt([{ role: 'user', content: text }]);
      const length = prompt.length + 1;
      if (length > maxTokens) problems.push({ location, message: `${length} tokens, at most ${maxTokens} fit` });
      else examples.push(answered(prompt, answer));
    }
    refuseBadRows(problems, rows.length);
    return examples;
  }

  /** Undefined where the row has what is no label. */
  #answerOf(row: TextExample): Answer | undefined {
    const { labels } = this.#options;
    if (row.kind === 'labels') {
      // The reference, which stands before the others, is not looked at.
      const choice = this.#first(this.#places.get(null)!);
      if (row.intents.some((intent) => !this.#places.has(intent))) return undefined;
      const wanted = new Set(row.intents.map((intent) => labels[this.#places.get(intent)!]!.token));
      return { ...choice, targets: Float32Array.from(choice.choice, (token) => Number(wanted.has(token))) };
    }
    const place = this.#places.get(row.kind === 'score' ? String(row.score) : row.intent);
    if (place === undefined) return undefined;
    if (row.kind === 'intent') return this.#first(place);
    return {
      choice: Int32Array.from(labels, ({ token }) => token),
      targets: levelTargets(labels.length, place),
    };
  }

  /** The labels' tokens, one of them first and the others in their order. */
  #first(place: number): Answer {
    const tokens = this.#options.labels.map(({ token }) => token);
    return { choice: Int32Array.from([tokens[place]!, ...tokens.filter((_, other) => other !== place)]) };
  }

  #describeUnknown(row: TextExample): string {
    const unknown = namesOf(row).find((name) => !this.#places.has(name));
    if (unknown === undefined) return 'out of scope, which no row to learn from is';
    const known = this.#options.labels.flatMap((label) => (label.intent === null ? [] : [label.intent]));
    if (row.kind === 'score') return `the score "${unknown}" is none of the levels ${known.join(', ')}`;
    return `no row to learn from has the intent "${unknown}"${suggestion(unknown, known)}`;
  }
}

function answered(prompt: readonly number[], { choice, targets }: Answer): TrainingExample {
  const labelMask = new Uint8Array(prompt.length + 1);
  labelMask[prompt.length] = 1;
  return {
    tokens: Int32Array.from([...prompt, choice[0]!]),
    labelMask,
    choices: new Map([[prompt.length, choice]]),
    ...(targets === undefined ? {} : { targets: new Map([[prompt.length, targets]]) }),
  };
}
