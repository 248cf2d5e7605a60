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
    const { text, answer } = request;
    if (correction?.intents !== undefined) return { kind: 'labels', text, intents: correction.intents, location };
    if (correction?.score !== undefined) return { kind: 'score', text, score: correction.score, location };
    if (correction?.intent !== undefined) return { kind: 'intent', text, intent: correction.intent, location };
    if (!options.thumbsUp || rating !== 'up' || answer === undefined) return undefined;
    if (answer.intents !== undefined) return { kind: 'labels', text, intents: answer.intents, location };
    if (answer.score !== undefined) return { kind: 'score', text, score: scoreOf(answer.score.level), location };
    return { kind: 'intent', text, intent: answer.intent, location };
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

/** A level as rows have it. */
function scoreOf(level: string): number | string {
  return String(Number(level)) === level ? Number(level) : level;
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
