import { type ConversationExample, type Example, type PromptRenderer, TooltuneError } from '@tooltune/sdk';
import { type BadRow, refuseBadRows } from './bad-rows.js';
import type { LabelConstrainer } from './constrained-labels.js';
import { labelCount, type TrainingExample } from './training-example.js';

/**
 * Renders conversations for training.
 * Throws `training/bad-rows` naming the rows that cannot be trained on: intents, rows without anything to say, and rows
 * longer than `maxTokens` (never cut silently).
 * @param constrainer leaves what a constraint forces out of the loss
 */
export function renderExamples(
  examples: readonly Example[],
  renderer: PromptRenderer,
  maxTokens: number,
  constrainer?: LabelConstrainer,
): TrainingExample[] {
  const problems: BadRow[] = [];
  const rendered: TrainingExample[] = [];
  for (const example of examples) {
    const { location } = example;
    const result = tryRender(example, renderer);
    if (typeof result === 'string') problems.push({ location, message: result });
    else if (result.tokens.length > maxTokens) {
      problems.push({ location, message: `${result.tokens.length} tokens, at most ${maxTokens} fit` });
    } else if (labelCount(result) === 0) problems.push({ location, message: 'nothing to learn' });
    else rendered.push(constrain(result, example as ConversationExample, constrainer));
  }
  refuseBadRows(problems, examples.length);
  return rendered;
}

/** Nothing but the toolset's calls passes the constraint, so rows with tools of their own are learnt whole. */
function constrain(
  rendered: TrainingExample,
  { messages, tools }: ConversationExample,
  constrainer: LabelConstrainer | undefined,
): TrainingExample {
  return constrainer === undefined || tools !== undefined ? rendered : constrainer.apply(rendered, messages).example;
}

function tryRender(example: Example, renderer: PromptRenderer): TrainingExample | string {
  if (example.kind !== 'conversation') return 'an intent row; tool-calling adapters train on conversations';
  if (example.tools !== undefined && renderer.format.tools === 'none') {
    return 'has tools of its own (own_tools), which a prompt without tools does not show; train with --prompt full or names';
  }
  try {
    return renderer.renderExample(example.messages, example.tools);
  } catch (error) {
    if (TooltuneError.isInstance(error)) return error.message;
    throw error;
  }
}
