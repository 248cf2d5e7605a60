import { join } from 'node:path';
import { type ConversationExample, type Toolset, TooltuneError } from '@tooltune/sdk';
import { estimateTeacherTokens, type TaughtRows, teachRows } from '@tooltune/sdk/generate';
import type { CommandContext } from '../command-context.js';
import { createProgress, printNotice, silentProgress } from '../terminal/index.js';
import type { GenerateOptions } from './generate-options.js';
import { costOf, createOpenAiTeacher, type TeacherUsage } from './open-ai-teacher.js';

export interface TeacherEstimate {
  questions: number;
  promptTokens: number;
  completionTokens: number;
  /** Dollars. */
  cost: number;
}

/** What a teacher is to write for. */
export interface TeacherTask {
  toolset: Toolset;
  seeds: readonly ConversationExample[];
  heldOut: readonly string[];
}

const rowsWanted = ({ teacherRows, count }: GenerateOptions) => teacherRows ?? Math.max(1, Math.round(count / 5));

export function estimateTeacher(task: TeacherTask, options: GenerateOptions): TeacherEstimate {
  const tokens = estimateTeacherTokens({ ...task, seed: options.seed }, rowsWanted(options));
  return {
    ...tokens,
    cost: costOf({ in: options.priceIn, out: options.priceOut }, tokens.promptTokens, tokens.completionTokens),
  };
}

export function formatEstimate(
  { questions, promptTokens, completionTokens, cost }: TeacherEstimate,
  priced: boolean,
): string {
  const number = (value: number) => value.toLocaleString('en-US');
  const tokens = `${number(promptTokens)} tokens read, ${number(completionTokens)} written`;
  return `teacher: about ${number(questions)} questions, ${tokens}${priced ? `, ${formatCost(cost)}` : ''}`;
}

export const formatCost = (dollars: number) => `$${dollars < 1 ? dollars.toFixed(4) : dollars.toFixed(2)}`;

/**
 * Has the teacher write rows.
 * @throws TooltuneError `teacher/over-budget` before anything is asked, where the estimate is above the budget
 */
export async function askTeacher(
  { terminal, signal }: CommandContext,
  task: TeacherTask,
  options: GenerateOptions,
): Promise<TaughtRows & { usage: TeacherUsage }> {
  const estimate = estimateTeacher(task, options);
  const priced = options.priceIn > 0 || options.priceOut > 0;
  if (!options.json) printNotice(terminal, formatEstimate(estimate, priced));
  if (options.budget !== undefined && estimate.cost > options.budget) {
    const message = `the teacher would cost about ${formatCost(estimate.cost)}, and the budget is ${formatCost(options.budget)}; ask for fewer rows (--teacher-rows), or raise --budget`;
    throw new TooltuneError('teacher/over-budget', message);
  }
  const { teacher, usage } = await createOpenAiTeacher({
    url: options.teacher!,
    model: options.teacherModel!,
    apiKey: process.env[options.teacherKeyEnv],
    cache: options.teacherCache ?? join(options.out, 'teacher-cache'),
    prices: { in: options.priceIn, out: options.priceOut },
    budget: options.budget,
    body: options.teacherBody,
    structured: options.teacherStructured,
  });
  const progress = options.json ? silentProgress : createProgress(terminal.notices, 'teacher');
  try {
    const taught = await teachRows({
      ...task,
      ...{ teacher, signal, count: rowsWanted(options), seed: options.seed, concurrency: options.concurrency },
      onProgress: ({ rows, wanted, refused }) =>
        progress.update(rows / wanted, `${rows} of ${wanted} rows, ${refused} thrown away`),
    });
    return { ...taught, usage };
  } finally {
    progress.stop();
  }
}
