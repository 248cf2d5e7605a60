import { type ChatMessage, checkExpectation, createCallCheck, isWellFormed, readMessages } from '../dataset/index.js';
import { parseJson } from '../json/index.js';
import { describeSchemaErrors, isScenarioRow, type Problem, SchemaError } from '../schemas/index.js';
import type { ToolCall, Toolset } from '../toolset/index.js';
import type { Scenario } from './scenario.js';

/** Scenarios that cannot be used. Code: `scenarios/invalid`. */
export class ScenarioError extends SchemaError {
  constructor(problems: readonly Problem[], options: { cause?: unknown } = {}) {
    super('These scenarios cannot be used:', problems, { code: 'scenarios/invalid', ...options });
  }
}

export interface ParseScenariosOptions {
  /** Path or name of the file, as the user gave it; errors name it. Default: `scenarios.jsonl`. */
  file?: string;
  /** Calls are checked against these tools. */
  toolset?: Toolset;
}

/**
 * Reads scenarios.jsonl, one scenario a line; blank lines, CRLF and a byte order mark are allowed.
 * @throws ScenarioError `scenarios/invalid`, with every problem's file, line and JSON pointer
 */
export function parseScenarios(text: string, options: ParseScenariosOptions = {}): Scenario[] {
  const { file = 'scenarios.jsonl', toolset } = options;
  const readRow = createRowReader(toolset);
  const scenarios: Scenario[] = [];
  const problems: Problem[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const location = { file, line: index + 1 };
    const before = problems.length;
    const report = (pointer: string, message: string) => {
      problems.push({ location: { ...location, pointer }, message });
    };
    const { value, problem } = parseJson(line);
    if (problem !== undefined) {
      report('', `${problem.message} at column ${problem.column}`);
      continue;
    }
    const scenario = readRow(value, report);
    if (scenario === undefined || problems.length > before) continue;
    const earlier = lineOf.get(scenario.name);
    if (earlier !== undefined) report('/name', `"${scenario.name}" is the name of line ${earlier} too; give another`);
    else lineOf.set(scenario.name, index + 1);
    scenarios.push({ ...scenario, location });
  }
  if (problems.length > 0) throw new ScenarioError(problems);
  return scenarios;
}

function createRowReader(toolset: Toolset | undefined) {
  const checkCalls = createCallCheck(toolset);
  return (
    value: unknown,
    report: (pointer: string, message: string) => void,
  ): Omit<Scenario, 'location'> | undefined => {
    if (!isScenarioRow(value)) {
      for (const { pointer, message } of describeSchemaErrors(isScenarioRow.errors)) report(pointer, message);
      return undefined;
    }
    const { name, capability, why, note, request, expect } = value;
    if ((request === undefined) === (value.messages === undefined)) {
      report('', 'a scenario has either "request" or "messages"');
      return undefined;
    }
    const conversation =
      value.messages === undefined
        ? { messages: [{ role: 'user', content: request! } as ChatMessage], calls: [] }
        : readMessages(value.messages, { report });
    if (conversation.messages.at(-1)?.role === 'assistant') {
      report(`/messages/${conversation.messages.length - 1}`, 'the answer is asked for: end with a message to answer');
    }
    const { calls: wanted, ...rules } = expect;
    const calls = wanted as ToolCall[] | undefined;
    const placed = (calls ?? []).map((call, index) => {
      return { call, pointer: `/expect/calls/${index}`, argumentsAreText: false };
    });
    checkCalls([...conversation.calls, ...placed], undefined, report);
    checkExpectation(rules, { wantsCalls: placed.length > 0, pointer: '/expect', toolset }, report);
    if (!isWellFormed(value)) report('', 'holds half of a surrogate pair, which is no character: remove it');
    return {
      ...{ name, capability, why },
      ...(note === undefined ? {} : { note }),
      messages: conversation.messages,
      expect: { ...rules, ...(calls === undefined ? {} : { calls }) },
    };
  };
}
