import { answerKey } from '../checks/check-repetitions.js';
import type { AssistantMessage, ChatMessage, ConversationExample, Example } from '../dataset/index.js';
import type { RecordedCorrection, ToolRecord } from '../schemas/index.js';
import type { ToolCall } from '../toolset/index.js';
import type { RatedRequest } from './join-feedback.js';
import { hasFailed, isAbandoned } from './review-row.js';

export interface RightAnswerOptions {
  /** Whether an answer that got a thumbs-up is taken for right. */
  thumbsUp: boolean;
  /** Whether the model's own answer is kept beside a correction, to learn a preference from. */
  rejected: boolean;
}

/** The row to learn from, where the right answer is known: a correction, or an answer that was praised. */
export function rightAnswer(rated: RatedRequest, options: RightAnswerOptions): Example | undefined {
  const { request, feedback } = rated;
  const { correction, rating } = feedback;
  const location = { file: request.id };
  if (request.type === 'intent') {
    if (correction?.intent !== undefined) {
      return { kind: 'intent', text: request.text, intent: correction.intent, location };
    }
    const isPraised = options.thumbsUp && rating === 'up' && request.answer !== undefined;
    return isPraised ? { kind: 'intent', text: request.text, intent: request.answer!.intent, location } : undefined;
  }
  const example = (answer: AssistantMessage): ConversationExample => ({
    kind: 'conversation',
    messages: [...(request.messages as ChatMessage[]), answer],
    location,
  });
  if (correction?.calls !== undefined) {
    const row = example(answerOf(correction));
    const own = answerOf(request.answer);
    const isWorse = options.rejected && !isAbandoned(request) && request.reason !== 'error' && isSomething(own);
    return isWorse && answerKey(example(own)) !== answerKey(row) ? { ...row, rejected: own } : row;
  }
  const isPraised = options.thumbsUp && rating === 'up' && !hasFailed(request) && !isAbandoned(request);
  return isPraised ? example(answerOf(request.answer)) : undefined;
}

const isSomething = ({ content, toolCalls = [] }: AssistantMessage) => content !== null || toolCalls.length > 0;

/** Ids of calls say nothing. */
function answerOf({ calls = [], content = '' }: RecordedCorrection | ToolRecord['answer']): AssistantMessage {
  const toolCalls = calls.map(({ name, arguments: args }) => ({ name, arguments: args }) as ToolCall);
  return {
    role: 'assistant',
    content: content === '' ? null : content,
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
  };
}
