import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JsonObject, TooltuneError } from '@tooltune/sdk';
import { writeFileAtomic } from '@tooltune/sdk/files';
import type { Teacher, TeacherQuestion } from '@tooltune/sdk/generate';
import type { OpenAI } from 'openai';

/** A teacher behind an OpenAI-compatible endpoint. */
export interface OpenAiTeacherOptions {
  /** Base URL, such as that which ends in /v1. */
  url: string;
  model: string;
  /** Left out for servers that want none. */
  apiKey?: string | undefined;
  /** Folder that answers are kept in; what is there is not asked again. */
  cache: string;
  /** Dollars for a million tokens. */
  prices: { in: number; out: number };
  /** Most dollars to spend; none: without limit. */
  budget?: number | undefined;
  /** Holds answers to a JSON Schema (`response_format`), where the endpoint can do so. */
  structured?: boolean | undefined;
  /** Members of the request's body besides ours, or in their place; null takes one out. */
  body?: JsonObject | undefined;
  /** How often a request that failed for load, time or the network is sent again, ever later. Default 5. */
  maxRetries?: number | undefined;
}

/** What was asked, of a cache or of the model. */
export interface TeacherUsage {
  asked: number;
  cached: number;
  promptTokens: number;
  completionTokens: number;
  /** Dollars. */
  cost: number;
}

/** What is asked, besides the question. */
interface Endpoint {
  model: string;
  body: JsonObject;
  structured: boolean;
}

interface KeptAnswer {
  content: string;
  promptTokens: number;
  completionTokens: number;
}

export const costOf = (
  prices: OpenAiTeacherOptions['prices'],
  promptTokens: number,
  completionTokens: number,
): number => (promptTokens * prices.in + completionTokens * prices.out) / 1e6;

/**
 * A teacher whose answers are kept on disk, each in a file of its own as soon as it has come: a run that was killed goes on where
 * it was, and the same run again asks nothing. A question is not asked where its longest answer could exceed the budget.
 * @throws TooltuneError `teacher/failed`, `teacher/unreachable`
 */
export async function createOpenAiTeacher(
  options: OpenAiTeacherOptions,
): Promise<{ teacher: Teacher; usage: TeacherUsage }> {
  const { url, model, apiKey, cache, prices, budget = Number.POSITIVE_INFINITY } = options;
  const endpoint: Endpoint = { model, body: options.body ?? {}, structured: options.structured ?? false };
  const { OpenAI: Client } = await import('openai');
  const client = new Client({
    ...{ baseURL: url, apiKey: apiKey ?? 'none', maxRetries: options.maxRetries ?? 5, timeout: 180_000 },
    ...{ organization: null, project: null },
  });
  await mkdir(cache, { recursive: true });
  const usage: TeacherUsage = { asked: 0, cached: 0, promptTokens: 0, completionTokens: 0, cost: 0 };
  let reserved = 0;
  const teacher: Teacher = {
    async ask(question, { signal }) {
      const file = join(cache, `${keyOf({ url, ...endpoint }, question)}.json`);
      const kept = await readKept(file);
      if (kept !== undefined) {
        usage.cached++;
        return kept.content;
      }
      const most = costOf(prices, lengthInTokens(question.system + question.user), question.maxTokens);
      if (usage.cost + reserved + most > budget) return undefined;
      reserved += most;
      try {
        const answer = await askModel(client, endpoint, question, signal);
        usage.asked++;
        usage.promptTokens += answer.promptTokens;
        usage.completionTokens += answer.completionTokens;
        usage.cost += costOf(prices, answer.promptTokens, answer.completionTokens);
        await writeFileAtomic(file, JSON.stringify(answer));
        return answer.content;
      } catch (error) {
        signal?.throwIfAborted();
        throw teacherError(error, options);
      } finally {
        reserved -= most;
      }
    },
  };
  return { teacher, usage };
}

const lengthInTokens = (text: string) => Math.ceil(text.length / 4);

function keyOf(endpoint: object, question: TeacherQuestion): string {
  return createHash('sha256')
    .update(JSON.stringify([endpoint, question]))
    .digest('hex');
}

/** An answer that was kept whole; a file that was cut off counts as none. */
async function readKept(file: string): Promise<KeptAnswer | undefined> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as KeptAnswer;
    return typeof kept.content === 'string' ? kept : undefined;
  } catch {
    return undefined;
  }
}

async function askModel(
  client: OpenAI,
  { model, body, structured }: Endpoint,
  { system, user, maxTokens, temperature, schema }: TeacherQuestion,
  signal: AbortSignal | undefined,
): Promise<KeptAnswer> {
  const request = Object.fromEntries(
    Object.entries({
      ...{ model, max_tokens: maxTokens, temperature },
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: user },
      ],
      ...(structured && schema !== undefined
        ? { response_format: { type: 'json_schema', json_schema: { name: 'requests', schema } } }
        : {}),
      ...body,
    }).filter(([, value]) => value !== null),
  ) as unknown as OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;
  // The client leaves its listener on a signal; each request has one of its own.
  const own = signal === undefined ? {} : { signal: AbortSignal.any([signal]) };
  const completion = await client.chat.completions.create(request, own);
  const content = completion.choices[0]?.message.content ?? '';
  return {
    content,
    promptTokens: completion.usage?.prompt_tokens ?? lengthInTokens(system + user),
    completionTokens: completion.usage?.completion_tokens ?? lengthInTokens(content),
  };
}

function teacherError(error: unknown, { url, model }: OpenAiTeacherOptions): unknown {
  if (TooltuneError.isInstance(error) || !(error instanceof Error)) return error;
  const { status } = error as { status?: number };
  const kept = 'what it has answered is kept, so run the same command again';
  if (status === undefined) {
    const message = `${url} cannot be reached, or gave no answer in time (${error.message}); ${kept}`;
    return new TooltuneError('teacher/unreachable', message, { cause: error });
  }
  const advice =
    status === 401 || status === 403
      ? 'check the key, and --teacher-key-env'
      : status === 404
        ? 'check --teacher, which mostly ends in /v1, and --teacher-model'
        : status === 400 || status === 422
          ? 'what the model does not take can be left out or replaced with --teacher-body'
          : kept;
  return new TooltuneError('teacher/failed', `${url} refuses ${model}: ${error.message}; ${advice}`, { cause: error });
}
