import type { ConversationExample, EvaluationReport, Scenario, Toolset } from '@tooltune/sdk';
import { TooltuneError, userTexts, validateEvaluationReport } from '@tooltune/sdk';
import { readDataset, readJsonFile, readScenarios, readToolset } from '@tooltune/sdk/files';
import {
  type GeneratedDataset,
  generateDataset,
  type RowKind,
  rowKinds,
  type TaughtRows,
} from '@tooltune/sdk/generate';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { GenerateOptions } from './generate-options.js';
import type { TeacherUsage } from './open-ai-teacher.js';
import { askTeacher, estimateTeacher, type TeacherEstimate } from './teacher-rows.js';

export interface ToolRows {
  toolset: Toolset;
  dataset: GeneratedDataset;
  taught?: TaughtRows & { usage: TeacherUsage };
}

/** What rows that call tools are made of, read from files. */
interface Material {
  toolset: Toolset;
  seeds: ConversationExample[];
  scenarios: Scenario[];
}

export async function generateToolRows(
  context: CommandContext,
  options: GenerateOptions,
  command: Command,
): Promise<ToolRows> {
  const shares = parseShares(options.share ?? [], command);
  const material = await readMaterial(options);
  const { toolset, seeds, scenarios } = material;
  const taught = options.teacher === undefined ? undefined : await askTeacher(context, taskOf(material), options);
  const { count, seed, mask, scenarioShare, validation: validationFraction, test: testFraction } = options;
  const dataset = generateDataset({
    ...{ toolset, seeds, scenarios, scenarioShare, count, seed, shares, mask, validationFraction, testFraction },
    taught: taught?.rows,
    ...(options.replay === 0 ? {} : { replay: { share: options.replay, rows: await generalRows() } }),
  });
  return { toolset, dataset, ...(taught === undefined ? {} : { taught }) };
}

/** What the teacher would cost; nothing is asked. */
export async function estimateToolRows(options: GenerateOptions): Promise<TeacherEstimate> {
  return estimateTeacher(taskOf(await readMaterial(options)), options);
}

const taskOf = ({ toolset, seeds, scenarios }: Material) => ({
  toolset,
  seeds,
  heldOut: scenarios.flatMap(({ messages }) => userTexts(messages)),
});

async function readMaterial(options: GenerateOptions): Promise<Material> {
  const toolset = await readToolset(options.tools!);
  const rows = options.seeds === undefined ? [] : await readDataset(options.seeds, { toolset });
  const seeds = rows.filter((example): example is ConversationExample => example.kind === 'conversation');
  const all = options.scenarios === undefined ? [] : await readScenarios(options.scenarios, { toolset });
  if (options.report === undefined) return { toolset, seeds, scenarios: all };
  const report = validateEvaluationReport(await readJsonFile(options.report), { file: options.report });
  return { toolset, seeds, scenarios: failedOf(all, report, options.report) };
}

/** Those whose last answer in the report was wrong: the last configuration is the adapter under the constraint. */
function failedOf(scenarios: Scenario[], { scenarios: answered = [] }: EvaluationReport, file: string): Scenario[] {
  const right = new Map(answered.map(({ name, answers }) => [name, answers.at(-1)?.right]));
  const known = scenarios.filter(({ name }) => right.has(name));
  if (known.length === 0) {
    const message = 'tells of none of these scenarios; measure with `tooltune eval --scenarios`, or leave --report out';
    throw new TooltuneError('generate/no-scenarios', message, { location: { file } });
  }
  return known.filter(({ name }) => right.get(name) === false);
}

/** The trainer is loaded only where its rows are asked for. */
async function generalRows(): Promise<ConversationExample[]> {
  const { readReplayRows } = await import('@tooltune/trainer');
  const rows = await readReplayRows();
  return rows.filter((example): example is ConversationExample => example.kind === 'conversation');
}

function parseShares(texts: readonly string[], command: Command): Partial<Record<RowKind, number>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name, number = ''] = text.split('=');
      const kind = rowKinds.find((one) => one === name);
      const share = number.trim() === '' ? Number.NaN : Number(number);
      if (kind === undefined || !(share >= 0 && share < Number.POSITIVE_INFINITY)) {
        command.error(`error: --share takes kind=number, with one of ${rowKinds.join(', ')}; "${text}" is none`);
      }
      return [kind!, share];
    }),
  );
}
