import { describeExpectation, type Scenario } from '../scenarios/index.js';
import type { EvaluationAnswer, EvaluationScenario } from '../schemas/index.js';
import { checkRules } from './check-rules.js';
import { withoutId } from './evaluate-tool-caller.js';
import { explainCalls, explainRules } from './explain-answer.js';
import { scoreAnswer } from './score-answer.js';
import type { ToolCaller, ToolCallerAnswer } from './tool-caller.js';

export interface EvaluateScenariosOptions {
  caller: ToolCaller;
  /** Name of the configuration that the caller is. */
  configuration: string;
  scenarios: readonly Scenario[];
  /** What declining looks like. Default: the built-in detector (isRefusal). */
  refusal?: RegExp;
  /** Called after every scenario. */
  onProgress?: (progress: { done: number; total: number; passed: number }) => void;
  /** Stops between scenarios, and the caller inside one. */
  signal?: AbortSignal;
}

/**
 * Asks a model every scenario; an answer for each, in their order. An answer that is malformed never passes.
 * @throws what the caller throws; the signal's reason when it is aborted
 */
export async function evaluateScenarios(options: EvaluateScenariosOptions): Promise<EvaluationAnswer[]> {
  const { caller, configuration, scenarios, refusal, onProgress, signal } = options;
  const answers: EvaluationAnswer[] = [];
  let passed = 0;
  for (const scenario of scenarios) {
    signal?.throwIfAborted();
    const answer = await caller.call(scenario.messages, signal === undefined ? {} : { signal });
    const reasons = reasonsAgainst(scenario, answer, refusal);
    if (reasons.length === 0) passed++;
    answers.push({
      ...{ configuration, right: reasons.length === 0, reasons },
      calls: answer.calls.map(withoutId),
      content: answer.content,
      malformed: answer.malformed,
    });
    onProgress?.({ done: answers.length, total: scenarios.length, passed });
  }
  return answers;
}

/** Scenarios as a report tells them: each with the answers of all configurations, in the order given. */
export function reportScenarios(
  scenarios: readonly Scenario[],
  answers: readonly (readonly EvaluationAnswer[])[],
): EvaluationScenario[] {
  return scenarios.map(({ name, capability, why, note, messages, expect }, index) => ({
    ...{ name, capability, why },
    ...(note === undefined ? {} : { note }),
    request: messages.findLast(({ role }) => role === 'user')?.content ?? '',
    expect: describeExpectation(expect),
    answers: answers.map((ofConfiguration) => ofConfiguration[index]!),
  }));
}

function reasonsAgainst({ expect }: Scenario, answer: ToolCallerAnswer, refusal: RegExp | undefined): string[] {
  const { calls, ...rules } = expect;
  const reasons = explainRules(checkRules(rules, answer, refusal));
  if (calls !== undefined && !scoreAnswer(calls, answer).exact) reasons.unshift(...explainCalls(calls, answer));
  else if (answer.malformed && reasons.length === 0) reasons.push('a call that is malformed');
  return reasons;
}
