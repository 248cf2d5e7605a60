import { type ConversationExample, createCallCheck } from '../../dataset/index.js';
import { TooltuneError } from '../../errors/index.js';
import { createRandom } from '../../random/index.js';
import type { JsonObject, Tool, Toolset } from '../../toolset/index.js';
import { createRowGate, type Refused } from '../accept/row-gate.js';
import { createContext } from '../create-context.js';
import { calls, user } from '../rows/row-context.js';
import { readTeacherAnswer } from './read-answer.js';
import type { Teacher, TeacherQuestion } from './teacher.js';
import { judgeQuestion, proposeValues, requestQuestion, requestsPerQuestion, saysYes } from './teacher-questions.js';

/** Why what a teacher wrote is thrown away. */
export type TeacherRefusal = 'unreadable' | 'invalid-call' | 'judged-wrong' | Refused;

export interface TeachRowsOptions {
  toolset: Toolset;
  teacher: Teacher;
  /** Rows wanted. */
  count: number;
  /** Real requests: shown to the teacher, and never written again. */
  seeds?: readonly ConversationExample[] | undefined;
  /** Requests that no row may repeat, nearly either. */
  heldOut?: readonly string[] | undefined;
  seed?: number | string;
  /** Questions at once. Default 4. */
  concurrency?: number | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: TeacherProgress) => void) | undefined;
}

export interface TeacherProgress {
  rows: number;
  wanted: number;
  refused: number;
}

export interface TaughtRows {
  rows: ConversationExample[];
  refused: Partial<Record<TeacherRefusal, number>>;
  /** Why there are fewer rows than wanted: the budget is spent, or what is written is thrown away again and again. */
  stopped?: 'budget' | 'nothing-new';
}

/** Rounds of questions in a row that bring no row before the teacher is given up. */
const patience = 5;

/**
 * Has a larger model write requests with their calls. Kept is what is valid for its schema, says every value in its request, is
 * not nearly another row, and what the teacher itself, asked again, holds for right. The same answers give the same rows,
 * however many are asked for at once.
 * @throws TooltuneError `generate/bad-option`; what the teacher throws; the signal's reason when it is aborted
 */
export async function teachRows(options: TeachRowsOptions): Promise<TaughtRows> {
  const { toolset, teacher, count, seeds = [], heldOut = [], seed = 1, concurrency = 4, signal } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new TooltuneError('generate/bad-option', `concurrency must be a whole number above 0, it is ${concurrency}`);
  const tools = new Map(toolset.tools.map((tool) => [tool.name, tool]));
  const random = createRandom(seed).fork('teacher');
  const { materials, source } = createContext(toolset, seeds, random.fork('values'));
  const gate = createRowGate({ toolset, heldOut });
  for (const example of seeds) gate.addAsIs(example);
  const isValid = createValidity(toolset);
  const rows: ConversationExample[] = [];
  const refused: TaughtRows['refused'] = {};
  const refuse = (reason: TeacherRefusal, times = 1) => {
    if (times > 0) refused[reason] = (refused[reason] ?? 0) + times;
  };
  const ask = async (questions: readonly TeacherQuestion[]) =>
    inOrder(questions, concurrency, (question) => {
      signal?.throwIfAborted();
      return teacher.ask(question, { signal });
    });
  const perRound = 8;
  let nothing = 0;
  for (let round = 0; rows.length < count; round++) {
    if (nothing >= patience) return { rows, refused, stopped: 'nothing-new' };
    const before = rows.length;
    const missing = Math.ceil((count - rows.length) / requestsPerQuestion);
    const asked = Array.from({ length: Math.min(perRound, missing) }, (_, place) => {
      const number = round * perRound + place;
      const material = materials[number % materials.length]!;
      const proposed = proposeValues(material, source);
      return { tool: material.tool, question: requestQuestion(random.fork(number), material.tool, seeds, proposed) };
    });
    const answers = await ask(asked.map(({ question }) => question));
    const drafts: Draft[] = [];
    for (const [place, answer] of answers.entries()) {
      if (answer === undefined) continue;
      const { written, unreadable } = readTeacherAnswer(answer);
      refuse('unreadable', unreadable);
      for (const one of written) {
        const draft = draftOf(asked[place]!.tool, one.request, one.arguments);
        const reason = isValid(draft.example) ? gate.check(draft.example) : 'invalid-call';
        if (reason === undefined) drafts.push(draft);
        else refuse(reason);
      }
    }
    const verdicts = await ask(drafts.map(({ tool, request, call }) => judgeQuestion(tool, request, call)));
    for (const [place, { example }] of drafts.entries()) {
      const verdict = verdicts[place];
      if (verdict === undefined || rows.length >= count) continue;
      const reason = saysYes(verdict) ? gate.add(example) : 'judged-wrong';
      if (reason === undefined) rows.push(example);
      else refuse(reason);
    }
    nothing = rows.length > before ? 0 : nothing + 1;
    const thrown = Object.values(refused).reduce((sum, times) => sum + times, 0);
    options.onProgress?.({ rows: rows.length, wanted: count, refused: thrown });
    if ([...answers, ...verdicts].includes(undefined)) return { rows, refused, stopped: 'budget' };
  }
  return { rows, refused };

  function draftOf(tool: Tool, request: string, given: Draft['call']['arguments']): Draft {
    const call = { name: tool.name, arguments: given };
    const messages = [user(request), calls(call)];
    const example: ConversationExample = { kind: 'conversation', messages, location: { file: 'teacher' } };
    return { tool: tools.get(tool.name)!, request, call, example };
  }
}

interface Draft {
  tool: Tool;
  request: string;
  call: { name: string; arguments: JsonObject };
  example: ConversationExample;
}

/** Valid for the schema, and nothing that it does not declare. */
function createValidity(toolset: Toolset): (example: ConversationExample) => boolean {
  const checkCalls = createCallCheck(toolset);
  return ({ messages }) => {
    let isFine = true;
    const placed = messages.flatMap((message) =>
      message.role === 'assistant'
        ? (message.toolCalls ?? []).map((call) => ({ call, pointer: '', argumentsAreText: false }))
        : [],
    );
    checkCalls(placed, undefined, () => {
      isFine = false;
    });
    return isFine;
  };
}

/** Results in the order of the items, some of which are worked on at once. */
async function inOrder<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const place = next++;
      results[place] = await work(items[place]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

/** Tokens that so many rows take, roughly: four characters are a token, and some of what is written is thrown away. */
export function estimateTeacherTokens(
  { toolset, seeds = [], seed = 1 }: Pick<TeachRowsOptions, 'toolset' | 'seeds' | 'seed'>,
  count: number,
): { questions: number; promptTokens: number; completionTokens: number } {
  const kept = 0.7;
  const random = createRandom(seed).fork('estimate');
  const length = ({ system, user: text }: TeacherQuestion) => Math.ceil((system.length + text.length) / 4) + 8;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const { materials, source } = createContext(toolset, seeds, random);
  const asking = mean(
    materials.map((one) => length(requestQuestion(random, one.tool, seeds, proposeValues(one, source)))),
  );
  const call = (tool: Tool) => ({ name: tool.name, arguments: {} });
  const judging = mean(toolset.tools.map((tool) => length(judgeQuestion(tool, 'x'.repeat(120), call(tool)))));
  const written = Math.ceil(count / kept);
  const questions = Math.ceil(written / requestsPerQuestion);
  return {
    questions: questions + written,
    promptTokens: Math.ceil(questions * asking + written * judging),
    completionTokens: questions * requestsPerQuestion * 45 + written * 2,
  };
}
