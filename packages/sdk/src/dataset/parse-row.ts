import type { SourceLocation } from '../errors/index.js';
import { canonicalJson, parseJson } from '../json/index.js';
import {
  type CallsRow,
  type ChatRow,
  type ChatRowMessage,
  type ChatRowToolCall,
  describeSchemaErrors,
  isCallsRow,
  isChatRow,
  isIntentRow,
  isLabelsRow,
  isPreferenceRow,
  isScoreRow,
  type PreferenceRow,
} from '../schemas/index.js';
import type { JsonObject, JsonValue, ToolCall, Toolset } from '../toolset/index.js';
import type { CallCheck, OwnCallCheck, PlacedCall } from './call-check.js';
import type { AssistantMessage, ChatMessage, ConversationExample, Example } from './example.js';
import { checkExpectation } from './expectation.js';

/** Where a row is, and what takes its problems. */
export interface RowContext {
  location: SourceLocation;
  /** Takes a problem at a JSON pointer inside the row. */
  report: (pointer: string, message: string) => void;
  checkCalls: CallCheck;
  checkOwnCalls: OwnCallCheck;
  toolset?: Toolset | undefined;
}

/** A row in any of the shapes as an example; undefined if anything was reported. */
export function parseRow(value: unknown, context: RowContext): Example | undefined {
  let problems = 0;
  const report = (pointer: string, message: string) => {
    problems++;
    context.report(pointer, message);
  };
  const example = readRow(value, { ...context, report });
  if (example !== undefined && !isWellFormed({ ...example, location: undefined })) {
    report('', 'holds half of a surrogate pair, which is no character: remove it or write the whole pair');
  }
  return problems === 0 ? example : undefined;
}

function readRow(value: unknown, context: RowContext): Example | undefined {
  const { location, report } = context;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report('', 'a row must be a JSON object');
    return undefined;
  }
  if ('calls' in value) {
    if (isCallsRow(value)) return withNotes(readCallsRow(value, context), value, context);
    return reportSchema(isCallsRow.errors, report);
  }
  if ('preferred_output' in value || 'non_preferred_output' in value) {
    if (isPreferenceRow(value)) return withNotes(readPreferenceRow(value, context), value, context);
    return reportSchema(isPreferenceRow.errors, report);
  }
  if ('messages' in value) {
    if (isChatRow(value)) return withNotes(readChatRow(value, context), value, context);
    return reportSchema(isChatRow.errors, report);
  }
  if ('intents' in value && !('intent' in value)) {
    if (isLabelsRow(value))
      return { kind: 'labels', text: value.text, intents: value.intents, ...tagsOf(value), location };
    return reportSchema(isLabelsRow.errors, report);
  }
  if ('score' in value && !('intent' in value)) {
    if (isScoreRow(value)) return { kind: 'score', text: value.text, score: value.score, ...tagsOf(value), location };
    return reportSchema(isScoreRow.errors, report);
  }
  if ('text' in value || 'intent' in value) {
    if (isIntentRow(value)) {
      return { kind: 'intent', text: value.text, intent: value.intent, ...tagsOf(value), location };
    }
    return reportSchema(isIntentRow.errors, report);
  }
  report(
    '',
    'a row needs "messages" (with "calls", or ending with the assistant\'s message), "text" and "intent" (or "intents", or "score"), or "input", ' +
      '"preferred_output" and "non_preferred_output"',
  );
  return undefined;
}

function tagsOf({ tags }: { tags?: string[] }): { tags?: string[] } {
  return tags === undefined ? {} : { tags };
}

/** The example with what its row says for evaluation alone. */
function withNotes(
  example: ConversationExample,
  { expect, tags }: Pick<CallsRow, 'expect' | 'tags'>,
  { toolset, report }: RowContext,
): ConversationExample {
  const answer = example.messages.at(-1);
  const wantsCalls = answer?.role === 'assistant' && (answer.toolCalls ?? []).length > 0;
  if (expect !== undefined) checkExpectation(expect, { wantsCalls, pointer: '/expect', toolset }, report);
  return { ...example, ...(expect === undefined ? {} : { expect }), ...(tags === undefined ? {} : { tags }) };
}

function readCallsRow({ messages, calls, content, rejected }: CallsRow, context: RowContext): ConversationExample {
  const conversation = readMessages(messages, context);
  if (conversation.messages.at(-1)?.role === 'assistant') {
    context.report(
      `/messages/${messages.length - 1}`,
      '"calls" holds the assistant\'s turn: end with a user\'s message',
    );
  }
  const placed = (calls as ToolCall[]).map((call, index) => {
    return { call, pointer: `/calls/${index}`, argumentsAreText: false };
  });
  context.checkCalls([...conversation.calls, ...placed], undefined, context.report);
  const answer = assistantMessage(calls as ToolCall[], content);
  const worse = rejected && assistantMessage((rejected.calls ?? []) as ToolCall[], rejected.content);
  if (worse !== undefined) checkRejected(answer, worse, '/rejected', context);
  return {
    kind: 'conversation',
    messages: [...conversation.messages, answer],
    ...(worse === undefined ? {} : { rejected: worse }),
    location: context.location,
  };
}

function assistantMessage(calls: ToolCall[], content: string | null | undefined): AssistantMessage {
  return { role: 'assistant', content: content || null, ...(calls.length > 0 ? { toolCalls: calls } : {}) };
}

/** An answer that is not preferred may be wrong in any way, but it is an answer, and another one. */
function checkRejected(
  preferred: AssistantMessage,
  rejected: AssistantMessage,
  pointer: string,
  { report }: RowContext,
): void {
  const key = ({ content, toolCalls = [] }: AssistantMessage) =>
    canonicalJson([content, toolCalls.map(({ name, arguments: given }): JsonValue => [name, given])]);
  if (rejected.content === null && rejected.toolCalls === undefined) {
    report(pointer, 'says nothing: give the words or calls that are not preferred');
  } else if (key(preferred) === key(rejected)) {
    report(pointer, 'is the answer that is preferred: give another, or leave it out');
  }
}

function readPreferenceRow({ input, ...outputs }: PreferenceRow, context: RowContext): ConversationExample {
  const conversation = readMessages(input.messages, context, '/input/messages');
  const preferred = readMessages(outputs.preferred_output, context, '/preferred_output');
  const answer = preferred.messages[0] as AssistantMessage;
  const rejected = readMessages(outputs.non_preferred_output, context, '/non_preferred_output')
    .messages[0] as AssistantMessage;
  context.checkCalls([...conversation.calls, ...preferred.calls], input.tools, (pointer, message) =>
    context.report(pointer.replace(/^\/tools/, '/input/tools'), message),
  );
  // A call that could not be read is another problem, already told.
  if (rejected.toolCalls?.length === outputs.non_preferred_output[0]?.tool_calls?.length) {
    checkRejected(answer, rejected, '/non_preferred_output', context);
  }
  return {
    kind: 'conversation',
    messages: [...conversation.messages, answer],
    rejected,
    location: context.location,
  };
}

function readChatRow({ messages, tools, own_tools: hasOwn }: ChatRow, context: RowContext): ConversationExample {
  const conversation = readMessages(messages, context);
  if (messages.at(-1)?.role !== 'assistant') {
    context.report(
      `/messages/${messages.length - 1}`,
      'the last message must be the assistant\'s; or give its calls in "calls"',
    );
  }
  if (!hasOwn) {
    context.checkCalls(conversation.calls, tools, context.report);
    return { kind: 'conversation', messages: conversation.messages, location: context.location };
  }
  if (tools === undefined) context.report('/tools', 'is missing: "own_tools" says that the row has tools of its own');
  const own = context.checkOwnCalls(conversation.calls, tools ?? [], context.report);
  return { kind: 'conversation', messages: conversation.messages, tools: own ?? [], location: context.location };
}

/**
 * Messages of a row, with the calls in them.
 * @param place JSON pointer of the messages in the row
 */
export function readMessages(
  rows: ChatRowMessage[],
  { report }: Pick<RowContext, 'report'>,
  place = '/messages',
): { messages: ChatMessage[]; calls: PlacedCall[] } {
  const messages: ChatMessage[] = [];
  const calls: PlacedCall[] = [];
  const ids = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const pointer = `${place}/${index}`;
    switch (row.role) {
      case 'assistant': {
        const toolCalls: ToolCall[] = [];
        for (const [place, written] of (row.tool_calls ?? []).entries()) {
          const placed = readToolCall(written, `${pointer}/tool_calls/${place}`, report);
          if (placed === undefined) continue;
          calls.push(placed);
          toolCalls.push(placed.call);
          if (placed.call.id !== undefined) ids.add(placed.call.id);
        }
        // No words and empty words are the same: nothing said.
        const content = row.content || null;
        if (content === null && (row.tool_calls ?? []).length === 0 && index < rows.length - 1) {
          report(pointer, 'the assistant says nothing here: give "content" or "tool_calls"');
        }
        messages.push({
          role: 'assistant',
          content,
          ...(toolCalls.length > 0 ? { toolCalls } : {}),
          ...(row.weight === undefined ? {} : { weight: row.weight }),
        });
        break;
      }
      case 'tool': {
        const id = row.tool_call_id;
        if (id !== undefined && !ids.has(id)) report(`${pointer}/tool_call_id`, `no earlier call has the id "${id}"`);
        messages.push({ role: 'tool', content: row.content, ...(id === undefined ? {} : { toolCallId: id }) });
        break;
      }
      default:
        messages.push({ role: row.role === 'user' ? 'user' : 'system', content: row.content });
    }
  }
  return { messages, calls };
}

function readToolCall(written: ChatRowToolCall, pointer: string, report: RowContext['report']): PlacedCall | undefined {
  const { value, problem } = parseJson(written.function.arguments);
  if (problem !== undefined) {
    report(`${pointer}/function/arguments`, `${problem.message} at column ${problem.column} of the string`);
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report(`${pointer}/function/arguments`, 'must be the JSON text of an object');
    return undefined;
  }
  const call: ToolCall = {
    ...(written.id === undefined ? {} : { id: written.id }),
    name: written.function.name,
    arguments: value as JsonObject,
  };
  return { call, pointer: `${pointer}/function`, argumentsAreText: true };
}

function reportSchema(errors: Parameters<typeof describeSchemaErrors>[0], report: RowContext['report']): undefined {
  for (const { pointer, message } of describeSchemaErrors(errors)) report(pointer, message);
}

/** No model can read or write half a surrogate pair: it has no UTF-8. */
export function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, inside]) => isWellFormed(name) && isWellFormed(inside));
}
