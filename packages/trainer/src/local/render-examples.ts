import {
  type ConversationExample,
  type Example,
  formatLocation,
  type PromptRenderer,
  TooltuneError,
} from '@tooltune/sdk';
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
  const problems: string[] = [];
  const rendered: TrainingExample[] = [];
  for (const example of examples) {
    const result = tryRender(example, renderer);
    if (typeof result === 'string') problems.push(`${formatLocation(example.location)}: ${result}`);
    else if (result.tokens.length > maxTokens) {
      problems.push(`${formatLocation(example.location)}: ${result.tokens.length} tokens, at most ${maxTokens} fit`);
    } else if (labelCount(result) === 0) problems.push(`${formatLocation(example.location)}: nothing to learn`);
    else rendered.push(constrainer?.apply(result, (example as ConversationExample).messages).example ?? result);
  }
  if (problems.length > 0) {
    const shown = problems.slice(0, 10).join('\n  ');
    const rest = problems.length > 10 ? `\n  and ${problems.length - 10} more` : '';
    throw new TooltuneError(
      'training/bad-rows',
      `${problems.length} of ${examples.length} rows cannot be trained on:\n  ${shown}${rest}`,
    );
  }
  return rendered;
}

function tryRender(example: Example, renderer: PromptRenderer): TrainingExample | string {
  if (example.kind === 'intent') return 'an intent row; tool-calling adapters train on conversations';
  try {
    return renderer.renderExample((example as ConversationExample).messages);
  } catch (error) {
    if (TooltuneError.isInstance(error)) return error.message;
    throw error;
  }
}
