import { type ConversationExample, type Example, isLearnable, namesOf } from '../dataset/index.js';
import { type SourceLocation, TooltuneError } from '../errors/index.js';
import type { PromptRenderer } from '../prompt/index.js';
import type { Tool, Toolset } from '../toolset/index.js';
import { type Balance, balanceOf, checkBalance } from './check-balance.js';
import {
  type CheckedFile,
  type CheckFinding,
  createFindings,
  type ReportFinding,
  roleOfFile,
} from './check-finding.js';
import { checkGrounding, type GroundedValue } from './check-grounding.js';
import { checkRepetitions, type Repetitions } from './check-repetitions.js';
import { type CheckRule, checkRules } from './check-rules.js';
import {
  type Distribution,
  distributionOf,
  type FileStatistics,
  learntCalls,
  type RowKinds,
  requestWords,
  rowKinds,
  type ToolStatistics,
  toolStatistics,
} from './dataset-statistics.js';
import { placedTexts } from './example-texts.js';
import type { NearDuplicateOptions } from './near-duplicates.js';
import { findPersonalData, type PersonalDataKind, personalDataNames } from './personal-data.js';

export interface CheckDatasetOptions {
  /** What the rows may call: enum values, defaults and unused tools come from it. */
  toolset?: Pick<Toolset, 'tools'> | undefined;
  /** Rules that are left out. */
  disabled?: readonly CheckRule[] | undefined;
  nearDuplicates?: NearDuplicateOptions | undefined;
  /** Counts the tokens of every row, as training would render it. Without it lengths in tokens are not checked. */
  tokens?: { renderer: PromptRenderer; contextTokens: number } | undefined;
}

/** What a data set holds. */
export interface DatasetStatistics {
  files: FileStatistics[];
  rows: number;
  kinds: RowKinds;
  /** All calls that are learnt or wanted, by tool. */
  tools: ToolStatistics[];
  /** Over the tools of rows to train on, or of all rows where none is; undefined with fewer than two tools. */
  balance?: Balance;
  /** Rows by intent. */
  intents: Record<string, number>;
  /** Length of the last request, in words. */
  requestWords?: Distribution;
  /** Length of the row, in tokens; only where a renderer was given. */
  tokens?: Distribution & { contextTokens: number };
  repetitions: Repetitions;
  /** Pieces of personal data, by kind. */
  personalData: Partial<Record<PersonalDataKind, number>>;
}

/** What checkDataset found. */
export interface DatasetCheck {
  findings: CheckFinding[];
  /** Findings by rule; rules that found nothing are left out. */
  counts: Partial<Record<CheckRule, number>>;
  statistics: DatasetStatistics;
}

/**
 * Checks rows that are valid for what makes training or measuring go wrong: values that nobody said, repetitions and
 * contradictions, what is trained on and measured with, tools and values without rows, personal data, rows that are too
 * long or teach nothing. In time linear in the rows, but for rows in tokens. Findings come in the order of the files and
 * lines.
 */
export function checkDataset(files: readonly CheckedFile[], options: CheckDatasetOptions = {}): DatasetCheck {
  const { toolset, disabled = [], nearDuplicates = {} } = options;
  const tools = new Map((toolset?.tools ?? []).map((tool) => [tool.name, tool]));
  const { findings, report } = createFindings(disabled);
  const placed = files.flatMap(({ file, role = roleOfFile(file), examples }) =>
    examples.map((example) => ({ example, role })),
  );
  const examples = placed.map(({ example }) => example);

  const grounded: GroundedValue[] = [];
  const personalData: DatasetStatistics['personalData'] = {};
  for (const { example, role } of placed) {
    if (example.kind === 'conversation') for (const one of checkGrounding(example, tools, report)) grounded.push(one);
    checkPersonalData(example, personalData, report);
    if (role !== 'test' && !isLearnable(example)) report('no-labels', example.location, noLabels(example));
  }
  const repetitions = checkRepetitions(placed, nearDuplicates, report);
  const tokens = options.tokens === undefined ? undefined : checkTokens(examples, options.tokens, report);

  const conversations = examples.filter((example) => example.kind === 'conversation');
  const ofTraining = placed.filter(({ role }) => role === 'train').map(({ example }) => example);
  const trained = ofTraining.filter((example) => example.kind === 'conversation');
  const trainedTools = statisticsOf(trained, [], tools);
  const firstFile = files.find(({ file, role }) => (role ?? roleOfFile(file)) === 'train')?.file;
  if (firstFile !== undefined) checkBalance(trainedTools, tools, firstFile, report);

  const balance = balanceOf(
    (trained.length > 0 ? trainedTools : statisticsOf(conversations, [], tools)).map(({ calls }) => calls),
  );
  const words = distributionOf(examples.map(requestWords));
  return {
    findings: inOrder(findings, files),
    counts: countRules(findings),
    statistics: {
      files: files.map(({ file, role = roleOfFile(file), examples }) => ({ file, role, rows: examples.length })),
      rows: examples.length,
      kinds: rowKinds(examples),
      tools: statisticsOf(conversations, grounded, tools),
      ...(balance === undefined ? {} : { balance }),
      intents: countIntents(examples),
      ...(words === undefined ? {} : { requestWords: words }),
      ...(tokens === undefined ? {} : { tokens: { ...tokens, contextTokens: options.tokens!.contextTokens } }),
      repetitions,
      personalData,
    },
  };
}

function statisticsOf(
  conversations: readonly ConversationExample[],
  grounded: readonly GroundedValue[],
  tools: ReadonlyMap<string, Tool>,
): ToolStatistics[] {
  return toolStatistics(conversations.flatMap(learntCalls), grounded, tools);
}

function noLabels(example: Example): string {
  const isSilent =
    example.kind === 'conversation' &&
    example.messages.every((message) => message.role !== 'assistant' || message.weight !== 0);
  return isSilent
    ? 'teaches nothing: the answer has neither words nor calls; give "content", or keep the row to measure with'
    : "teaches nothing: every assistant's turn has weight 0, or says nothing";
}

function checkPersonalData(example: Example, counts: DatasetStatistics['personalData'], report: ReportFinding): void {
  for (const { text, pointer } of placedTexts(example)) {
    for (const { kind, text: value } of findPersonalData(text)) {
      counts[kind] = (counts[kind] ?? 0) + 1;
      // Not the value itself: what is told here ends up in logs.
      const message = `holds ${personalDataNames[kind]} of ${value.length} characters`;
      report(kind === 'secret' ? 'secret' : 'personal-data', { ...example.location, pointer }, message);
    }
  }
}

function checkTokens(
  examples: readonly Example[],
  { renderer, contextTokens }: NonNullable<CheckDatasetOptions['tokens']>,
  report: ReportFinding,
): Distribution | undefined {
  const lengths: number[] = [];
  for (const example of examples) {
    try {
      const { length, labels } = tokensOf(example, renderer);
      lengths.push(length);
      if (length > contextTokens) {
        const message = `${length} tokens, at most ${contextTokens} fit: shorten it, or take a base model of a longer context`;
        report('too-long', example.location, message);
      }
      if (labels === 0 && isLearnable(example)) {
        report('no-labels', example.location, 'teaches nothing: every token of it is masked');
      }
    } catch (error) {
      if (!TooltuneError.isInstance(error)) throw error;
      report('not-renderable', example.location, error.message);
    }
  }
  return distributionOf(lengths);
}

/** Tokens of a row as training renders it, and how many of them are learnt. */
function tokensOf(example: Example, renderer: PromptRenderer): { length: number; labels: number } {
  if (example.kind !== 'conversation') {
    // The label is one token.
    return { length: renderer.renderPrompt([{ role: 'user', content: example.text }]).length + 1, labels: 1 };
  }
  const last = example.messages.at(-1);
  const isSilent = last?.role === 'assistant' && last.content === null && (last.toolCalls ?? []).length === 0;
  if (isSilent)
    return { length: renderer.renderPrompt(example.messages.slice(0, -1), example.tools).length, labels: 0 };
  const { tokens, labelMask } = renderer.renderExample(example.messages, example.tools);
  return { length: tokens.length, labels: labelMask.reduce((sum, bit) => sum + bit, 0) };
}

function countIntents(examples: readonly Example[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const example of examples) {
    if (example.kind === 'conversation') continue;
    for (const name of namesOf(example)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

function countRules(findings: readonly CheckFinding[]): DatasetCheck['counts'] {
  const counts: DatasetCheck['counts'] = {};
  for (const rule of Object.keys(checkRules) as CheckRule[]) {
    const count = findings.filter((finding) => finding.rule === rule).length;
    if (count > 0) counts[rule] = count;
  }
  return counts;
}

/** By file and line; what concerns a whole file comes first. */
function inOrder(findings: readonly CheckFinding[], files: readonly CheckedFile[]): CheckFinding[] {
  const order = new Map(files.map(({ file }, index) => [file, index]));
  const place = ({ file, line = 0 }: SourceLocation): [number, number] => [order.get(file) ?? files.length, line];
  return findings
    .map((finding) => ({ finding, at: place(finding.location) }))
    .sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1])
    .map(({ finding }) => finding);
}
