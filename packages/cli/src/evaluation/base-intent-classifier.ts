import type { ModelSequence } from '@tooltune/runtime';
import {
  assignLabelTokens,
  type ChatMessage,
  createModelPrompting,
  type Example,
  type IntentAnswer,
  type IntentClassifier,
  type IntentExample,
  intentPromptFormat,
  predictIntent,
  TooltuneError,
  WordIndex,
} from '@tooltune/sdk';

/** Solved texts that stand before the one that is asked. */
export interface IntentShots {
  examples: readonly Example[];
  count: number;
  /** `similar`: those most like the text, the most alike last. `spread`: always the same, evenly spaced. */
  selection: 'similar' | 'spread';
}

export interface BaseIntentClassifierOptions {
  /** GGUF file. */
  basePath: string;
  /** What it can answer; null is out of scope. */
  intents: readonly (string | null)[];
  /** Default: none. */
  shots?: IntentShots | undefined;
  threads?: number | undefined;
}

/** A base model that names intents as well as its prompt lets it. */
export interface BaseIntentClassifier extends IntentClassifier {
  dispose(): Promise<void>;
}

/** A text that says nothing: what the model answers to it is its bias. */
const contentFree = 'N/A';
const uncalibrated = { temperature: 1, rows: 0, threshold: null };

/**
 * A base model that was trained for no intents: it is told each intent with the word that stands for it, and its answer is
 * the likeliest of these words' tokens. Their probabilities are divided by those that a text without content has (contextual
 * calibration, Zhao et al. 2021), without which a small model names the same intent nearly always.
 * @throws EngineError, PromptError; TooltuneError `evaluate/no-shots`
 */
export async function createBaseIntentClassifier(options: BaseIntentClassifierOptions): Promise<BaseIntentClassifier> {
  const { createLlamaEngine } = await import('@tooltune/runtime');
  const { basePath, intents, threads } = options;
  const engine = await createLlamaEngine({ modelPath: basePath, threads });
  const prompting = createModelPrompting(engine.metadata, { format: intentPromptFormat(null), toolset: { tools: [] } });
  const { tokenizer, renderer } = prompting;
  const labels = assignLabelTokens(intents, tokenizer);
  const tokens = labels.map(({ token }) => token);
  const wordOf = new Map(labels.map(({ intent, token }) => [intent, tokenizer.decode([token])]));
  const listed = labels.map(
    ({ intent }) => `${wordOf.get(intent)!.trim()}: ${intent === null ? 'anything else' : spoken(intent)}`,
  );
  const system = `What does the user want? Answer with the word before it.\n${listed.join('\n')}`;
  const choose = chooser(options.shots, wordOf);
  const renderPrompt = (shown: readonly ChatMessage[], text: string) =>
    renderer.renderPrompt([{ role: 'system', content: system }, ...shown, { role: 'user', content: text }]);
  let bias: { key: string; logs: Float64Array } | undefined;

  const read = async (sequence: ModelSequence, prompt: readonly number[]) => {
    const logits = await sequence.evaluate(prompt, { kind: 'only', tokens });
    const byToken = new Map(logits.map(({ token, logit }) => [token, logit]));
    return Float64Array.from(tokens, (token) => byToken.get(token)!);
  };
  const ask = async (prompt: readonly number[], signal: AbortSignal | undefined) => {
    const sequence = await engine.acquireSequence(prompt, signal);
    try {
      return await read(sequence, prompt.slice(sequence.cachedTokens));
    } finally {
      sequence.release();
    }
  };
  return {
    intents: intents.filter((intent) => intent !== null),
    async classify(text, { signal } = {}): Promise<IntentAnswer> {
      const shown = choose(text);
      const prompt = renderPrompt(shown, text);
      const started = performance.now();
      const key = JSON.stringify(shown);
      if (bias?.key !== key) bias = { key, logs: await ask(renderPrompt(shown, contentFree), signal) };
      const logits = await ask(prompt, signal);
      const { logs } = bias;
      const prediction = predictIntent(
        labels,
        logits.map((logit, label) => logit - logs[label]!),
        {
          ...{ calibration: uncalibrated, topK: 5 },
        },
      );
      return { ...prediction, promptTokens: prompt.length, durationMs: performance.now() - started };
    },
    dispose: () => engine.dispose(),
  };
}

function chooser(shots: IntentShots | undefined, wordOf: ReadonlyMap<string | null, string>) {
  if (shots === undefined) return () => [];
  const rows = shots.examples.filter(
    (example): example is IntentExample => example.kind === 'intent' && wordOf.has(example.intent),
  );
  if (rows.length === 0) {
    throw new TooltuneError('evaluate/no-shots', 'No row can be shown as an example; give rows of {"text", "intent"}.');
  }
  const index = new WordIndex(rows.map(({ text }) => text));
  const messagesOf = ({ text, intent }: IntentExample): ChatMessage[] => [
    { role: 'user', content: text },
    { role: 'assistant', content: wordOf.get(intent)! },
  ];
  const all = rows.map((_, place) => place);
  return (text: string): ChatMessage[] => {
    const own = text.toLowerCase().trim();
    const others = (shots.selection === 'similar' ? index.ranked(text) : all).filter(
      (place) => rows[place]!.text.toLowerCase().trim() !== own,
    );
    const count = Math.min(shots.count, others.length);
    const chosen =
      shots.selection === 'similar'
        ? others.slice(0, count).reverse()
        : Array.from({ length: count }, (_, place) => others[Math.floor((place * others.length) / count)]!);
    return chosen.flatMap((place) => messagesOf(rows[place]!));
  };
}

/** `card_arrival` as `card arrival`. */
function spoken(intent: string): string {
  return intent.replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2').replaceAll(/[_-]+/g, ' ');
}
