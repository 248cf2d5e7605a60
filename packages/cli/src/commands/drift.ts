import { type AdapterManifest, type RuntimeRecord, TooltuneError } from '@tooltune/sdk';
import {
  adapterFingerprint,
  type DriftObservation,
  type DriftReport,
  type JudgedDistribution,
  type JudgedRate,
  measureDrift,
  observationOf,
  observedBaseline,
} from '@tooltune/sdk/drift';
import { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { collect, fraction, wholeNumber } from '../option-parsers.js';
import { pointInTime, printRecordProblems, readRecords } from '../record-files.js';
import { formatCount, formatShare, formatTable, printJson, printLine, type Terminal } from '../terminal/index.js';

interface DriftOptions {
  since?: Date;
  until?: Date;
  reference?: string[];
  anyAdapter?: true;
  minRows: number;
  errors?: number;
  repairs?: number;
  abstentions?: number;
  json?: true;
}

/** `tooltune drift` */
export function driftCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('drift')
    .description('Tell whether recorded requests have drifted from what an adapter was made for.')
    .argument('<adapter>', 'folder of the adapter')
    .argument('<records...>', 'files or folders of recorded requests, JSONL')
    .option('--since <time>', 'only requests from then on: a date, a time, or how long ago (7d, 12h)', pointInTime)
    .option('--until <time>', 'only requests before then', pointInTime)
    .option('--reference <records>', "compare with these records in place of the adapter's baseline", collect)
    .option('--any-adapter', 'take in requests that another adapter answered, or another version')
    .option('--min-rows <count>', 'requests below which nothing is judged', wholeNumber(1), 100)
    .option('--errors <share>', 'share of failures from which retraining is due (default: 0.05)', fraction)
    .option('--repairs <share>', 'share of repaired answers (default: 0.1)', fraction)
    .option('--abstentions <share>', "share without call or intent (default: the baseline's and 0.1)", fraction)
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Distributions are compared by the population stability index: from 0.1 on moderate, from 0.25 on shifted, where that is
more than chance explains. Rates count where their whole 95% interval is above the limit. Exit code 1 when retraining is
due.

Examples:
  tooltune drift my-adapter records --since 7d
  tooltune drift my-adapter records --since 7d --reference records-of-march

${exitCodesHelp}`,
    )
    .action(async (adapter: string, paths: string[], options: DriftOptions) =>
      settle(await drift(context, adapter, paths, options)),
    );
}

async function drift(
  { terminal }: CommandContext,
  adapter: string,
  paths: string[],
  options: DriftOptions,
): Promise<ExitCode> {
  const { since, until, reference, minRows, errors, repairs, abstentions } = options;
  const { readAdapterBundle } = await import('@tooltune/runtime');
  const { manifest } = await readAdapterBundle(adapter);
  const read = await readRecords(paths, { since, until });
  const fingerprint = options.anyAdapter ? undefined : adapterFingerprint(manifest);
  const { observations, others } = observe(read.records, manifest, fingerprint);
  if (observations.length === 0) {
    const message = `no request of this adapter among the ${formatCount(others, 'request')} of that time; --any-adapter takes in those of others`;
    throw new TooltuneError('drift/no-records', message);
  }
  const baseline =
    reference === undefined
      ? manifest.baseline
      : observedBaseline(observe((await readRecords(reference)).records, manifest, undefined).observations);
  const limits = {
    ...(errors === undefined ? {} : { errors }),
    ...(repairs === undefined ? {} : { repairs }),
    ...(abstentions === undefined ? {} : { abstentions }),
  };
  const report = measureDrift(observations, { baseline, minRows, limits });
  if (options.json)
    printJson(terminal, { adapter, ...report, otherRequests: others, unreadable: read.problems.length });
  else {
    printRecordProblems(terminal, read.problems);
    printReport(terminal, report, { adapter, others, minRows, isIntents: manifest.task === 'intents' });
  }
  return report.isDue ? exitCodes.failed : exitCodes.ok;
}

/** The requests that this adapter answered, each once, and how many others there are. */
function observe(
  records: readonly RuntimeRecord[],
  { task }: AdapterManifest,
  fingerprint: string | undefined,
): { observations: DriftObservation[]; others: number } {
  const type = task === 'intents' ? 'intent' : 'tools';
  const seen = new Set<string>();
  const observations: DriftObservation[] = [];
  let others = 0;
  for (const record of records) {
    if (record.type === 'feedback' || seen.has(record.id)) continue;
    seen.add(record.id);
    const isOwn = fingerprint === undefined || record.adapter?.fingerprint === fingerprint;
    if (record.type !== type || !isOwn) {
      others++;
      continue;
    }
    const observation = observationOf(record);
    if (observation !== undefined) observations.push(observation);
  }
  return { observations, others };
}

function printReport(
  terminal: Terminal,
  report: DriftReport,
  { adapter, others, minRows, isIntents }: { adapter: string; others: number; minRows: number; isIntents: boolean },
): void {
  const { red, green, yellow } = terminal.outputColors;
  printLine(
    terminal,
    `${adapter}: ${formatCount(report.rows, 'request')}${others > 0 ? `, ${others} of others left out` : ''}`,
  );
  if (!report.isEnough) printLine(terminal, yellow(`too few to judge: at least ${minRows} are needed (--min-rows)`));
  if (!report.hasBaseline) {
    printLine(
      terminal,
      yellow('the adapter has no baseline (made by an older version): only rates are judged; --reference gives one'),
    );
  }
  const right = { align: 'right' as const };
  const distributions = [
    [isIntents ? 'intents' : 'tools', report.labels] as const,
    ...(isIntents ? [['confidence', report.confidence] as const] : []),
  ].map(([name, judged]) => [name, ...distributionCells(judged)]);
  const heads = [
    { title: 'distribution' },
    { title: 'stability index', ...right },
    { title: 'chance', ...right },
    { title: '' },
  ];
  printLine(terminal, `\n${formatTable(heads, distributions)}`);
  const rates = [
    ['failed', report.errors] as const,
    ['repaired', report.repairs] as const,
    [isIntents ? 'out of scope' : 'without a call', report.abstentions] as const,
  ].map(([name, judged]) => [name, ...rateCells(judged)]);
  const rateHeads = [
    { title: 'rate' },
    { title: 'share', ...right },
    { title: '95% interval', ...right },
    { title: 'limit', ...right },
    { title: '' },
  ];
  printLine(terminal, `\n${formatTable(rateHeads, rates)}`);
  if (report.labels.verdict === 'moderate' || report.labels.verdict === 'shifted') {
    const rows = report.changes.map(({ name, expected, actual }) => [
      ...[name ?? '(none)', formatShare(expected), formatShare(actual)],
    ]);
    const changeHeads = [{ title: 'changed most' }, { title: 'baseline', ...right }, { title: 'now', ...right }];
    printLine(terminal, `\n${formatTable(changeHeads, rows)}`);
  }
  const verdict = report.isDue
    ? red(`retraining is due: ${report.reasons.join('; ')}`)
    : green('no drift that calls for retraining');
  if (report.isEnough) printLine(terminal, `\n${verdict}`);
}

function distributionCells({ index, noise, verdict }: JudgedDistribution): string[] {
  if (index === null || noise === null) return ['–', '–', 'not compared'];
  return [index.toFixed(3), noise.toFixed(3), verdict];
}

function rateCells({ rate, low, high, limit, isExceeded }: JudgedRate): string[] {
  const interval = low === null ? '–' : `${formatShare(low)} to ${formatShare(high)}`;
  return [formatShare(rate), interval, formatShare(limit), isExceeded ? 'too many' : ''];
}
