import { fold, stemOf, wordsOf } from '../../checks/said-text.js';
import { type ChatMessage, userTexts } from '../../dataset/index.js';
import type { Scenario } from '../../scenarios/index.js';
import type { JsonObject, JsonValue } from '../../toolset/index.js';
import { chooseWeighted } from '../choose.js';
import { wordsOfName } from '../language/words-of-name.js';
import type { RowContext } from '../rows/row-context.js';
import { type RowKind, rowMakers } from '../rows/row-kinds.js';
import type { ToolMaterial } from '../templates/compose-request.js';

/** What rows for a scenario are like. */
export interface ScenarioTarget {
  name: string;
  /** What the user says there: what no row may repeat. */
  requests: readonly string[];
  kinds: readonly (readonly [RowKind, number])[];
  /** Tools that it names, or that its request speaks of; empty where it does not matter. */
  tools: readonly string[];
  /** Arguments of calls that it names. */
  calls: readonly { name: string; arguments: JsonObject }[];
}

export function createTargets(
  scenarios: readonly Scenario[],
  materials: readonly ToolMaterial[],
): readonly ScenarioTarget[] {
  return scenarios.map((scenario) => {
    const { name, messages, expect } = scenario;
    const requests = userTexts(messages);
    const calls = expect.calls ?? [];
    const named = [...new Set(calls.map((call) => call.name))];
    const like = toolsLike(requests.at(-1) ?? '', materials);
    return {
      ...{ name, requests, calls },
      kinds: kindsOf(scenario, like.length > 0),
      tools: named.length > 0 ? named : like,
    };
  });
}

const takenBack = /\b(no wait|wait,|never ?mind|forget (that|it)|actually|scratch that|on second thought|rather)\b/i;
const corrected = /^(no\b|not\b|sorry|actually|make (that|it)|change|i mean|rather)|\binstead\b|\bi meant\b/i;

/** What rows would teach it: by the number of calls, and by what the request is like. */
function kindsOf({ messages, expect }: Scenario, isLikeTool: boolean): ScenarioTarget['kinds'] {
  const last = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const calls = expect.calls?.length;
  if (expect.refuse === true) return [['refusal', 1]];
  if (calls === undefined || calls === 0) {
    // Words are wanted: something is missing, or no tool does it.
    const asks = expect.pattern?.includes('?') === true || isLikeTool;
    return asks
      ? [
          ['missing-argument', 2],
          ['no-tool', 1],
        ]
      : [['no-tool', 1]];
  }
  if (calls > 1) return [['parallel', 1]];
  if (messages.some(({ role }) => role === 'assistant' || role === 'tool')) {
    return corrected.test(last)
      ? [['correction', 1]]
      : asksBefore(messages)
        ? [['missing-argument', 1]]
        : [['second-request', 1]];
  }
  if (takenBack.test(last))
    return [
      ['change-of-mind', 2],
      ['call', 1],
    ];
  return [
    ['call', 3],
    ['similar-tools', 1],
  ];
}

function asksBefore(messages: readonly ChatMessage[]): boolean {
  const said = messages.findLast(({ role }) => role === 'assistant');
  return said?.role === 'assistant' && (said.toolCalls ?? []).length === 0 && (said.content ?? '').includes('?');
}

/** The tools that share the most words with a request, if any. */
function toolsLike(request: string, materials: readonly ToolMaterial[]): string[] {
  const said = new Set(
    wordsOf(fold(request))
      .filter((word) => word.length > 3)
      .map(stemOf),
  );
  const scores = materials.map(({ tool, known }) => {
    const words = [
      ...wordsOfName(tool.name),
      ...wordsOf(fold(tool.description ?? '')),
      ...known.flatMap(({ name, schema }) => [...wordsOfName(name), ...enumWords(schema.enum)]),
    ];
    return new Set(words.map(stemOf).filter((word) => said.has(word))).size;
  });
  const most = Math.max(0, ...scores);
  return most === 0 ? [] : materials.flatMap(({ tool }, index) => (scores[index] === most ? [tool.name] : []));
}

const enumWords = (values: JsonValue | undefined): string[] =>
  Array.isArray(values) ? values.flatMap((value) => (typeof value === 'string' ? wordsOf(fold(value)) : [])) : [];

/** Rows that were made to choose from, of which the likest is taken. */
const drafts = 4;

/** Makes a row for a scenario: of its kind, with its tools, and as far as chance gives it, its arguments. */
export function aimAt(
  target: ScenarioTarget,
  context: RowContext,
): { kind: RowKind; messages: ChatMessage[] | undefined } {
  const [kind] = chooseWeighted(context.random, target.kinds, ([, weight]) => weight);
  const isAimed = (material: ToolMaterial) => target.tools.includes(material.tool.name);
  const aimed = context.materials.filter(isAimed);
  // What is declined is declined with all tools in view; what changes its mind comes from any tool.
  const narrow = aimed.length > 0 && kind !== 'no-tool' && kind !== 'refusal' && kind !== 'change-of-mind';
  const aimedContext: RowContext = narrow ? { ...context, materials: aimed } : context;
  let best: { messages: ChatMessage[]; likeness: number } | undefined;
  for (let draft = 0; draft < (target.calls.length > 0 ? drafts : 1); draft++) {
    const messages = rowMakers[kind](aimedContext);
    if (messages === undefined) continue;
    const likeness = likenessOf(messages, target.calls);
    if (best === undefined || likeness > best.likeness) best = { messages, likeness };
  }
  return { kind, messages: best?.messages };
}

/** How many of the arguments the last turn has that the scenario's calls have, values counted too. */
function likenessOf(messages: readonly ChatMessage[], wanted: ScenarioTarget['calls']): number {
  const last = messages.at(-1);
  const made = last?.role === 'assistant' ? (last.toolCalls ?? []) : [];
  let likeness = 0;
  for (const call of wanted) {
    const same = made.find(({ name }) => name === call.name);
    if (same === undefined) continue;
    likeness++;
    for (const [name, value] of Object.entries(call.arguments)) {
      if (!(name in same.arguments)) continue;
      likeness += JSON.stringify(same.arguments[name]) === JSON.stringify(value) ? 1.5 : 1;
    }
    for (const name of Object.keys(same.arguments)) if (!(name in call.arguments)) likeness -= 0.5;
  }
  return likeness;
}
