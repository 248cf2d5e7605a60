import { type DatasetSummary, formatLocation, type Problem, type Toolset } from '@tooltune/sdk';
import type { CheckRule, CheckSeverity } from '@tooltune/sdk/checks';
import { formatCount, formatTable, printLine, type Terminal } from '../terminal/index.js';

/** Something that was found, as it is told. */
export interface ReportedFinding {
  /** A rule of checkDataset, or the code of the error that a file or row was refused with. */
  rule: CheckRule | (string & {});
  severity: CheckSeverity;
  file: string;
  line?: number;
  pointer?: string;
  message: string;
}

export function printToolset(terminal: Terminal, file: string, { tools, fingerprint }: Toolset): void {
  printLine(terminal, `${file}: ${formatCount(tools.length, 'tool')}, fingerprint ${fingerprint.slice(0, 12)}`);
}

export function printSummary(terminal: Terminal, summary: DatasetSummary): void {
  const facts: [number, string][] = [
    [summary.withoutCall, 'without a call'],
    [summary.withSeveralCalls, 'with several calls'],
    [summary.multiTurn, 'of several turns'],
    [summary.withRejected, 'with a worse answer, to learn a preference from'],
    [summary.intents, 'of intents'],
    [summary.outOfScope, 'of these out of scope'],
    [summary.notLearnable, 'for evaluation only: neither call nor words to learn'],
  ];
  printLine(terminal);
  printLine(terminal, formatCount(summary.rows, 'row'));
  for (const [count, what] of facts) {
    if (count > 0) printLine(terminal, `  ${count.toLocaleString('en-US')} ${what}`);
  }
  printCounts(terminal, summary);
}

function printCounts(terminal: Terminal, { tools, intentRows }: DatasetSummary): void {
  if (Object.values(tools).some(({ calls }) => calls > 0)) {
    const rows = Object.entries(tools).flatMap(([name, { calls, arguments: counts }]) => [
      [name, '', String(calls)],
      ...Object.entries(counts).map(([argument, count]) => ['', argument, String(count)]),
    ]);
    const columns = [{ title: 'tool' }, { title: 'argument' }, { title: 'calls', align: 'right' as const }];
    printLine(terminal, `\n${formatTable(columns, rows)}`);
  }
  const intents = Object.entries(intentRows);
  if (intents.length > 0) {
    const columns = [{ title: 'intent' }, { title: 'rows', align: 'right' as const }];
    const rows = intents.map(([intent, count]) => [intent, String(count)]);
    printLine(terminal, `\n${formatTable(columns, rows)}`);
  }
}

export function printNotes(terminal: Terminal, notes: readonly Problem[]): void {
  for (const { location, message } of notes) printLine(terminal, `note: ${formatLocation(location)}: ${message}`);
}

const severities = ['error', 'warning', 'note'] as const;

/** By severity and rule, at most `most` of each rule; the last line is for who reads only that. */
export function printFindings(terminal: Terminal, findings: readonly ReportedFinding[], most: number): void {
  const { red, yellow, dim, green } = terminal.outputColors;
  const colors = { error: red, warning: yellow, note: dim };
  for (const severity of severities) {
    const ofSeverity = findings.filter((finding) => finding.severity === severity);
    if (ofSeverity.length === 0) continue;
    printLine(terminal, `\n${colors[severity](countOf(severity, ofSeverity.length))}`);
    for (const rule of new Set(ofSeverity.map((finding) => finding.rule))) {
      const ofRule = ofSeverity.filter((finding) => finding.rule === rule);
      const label = colors[severity](`[${rule}]`);
      for (const { message, ...location } of ofRule.slice(0, most)) {
        printLine(terminal, `  ${label} ${formatLocation(location)}: ${message}`);
      }
      const left = ofRule.length - Math.min(most, ofRule.length);
      if (left > 0)
        printLine(
          terminal,
          `  ${label} ${most === 0 ? '' : '… and '}${formatCount(left, most === 0 ? 'finding' : 'more', most === 0 ? 'findings' : 'more')}`,
        );
    }
  }
  const counts = severities.map((severity) => findings.filter((finding) => finding.severity === severity).length);
  const others = severities
    .slice(1)
    .flatMap((severity, index) => (counts[index + 1]! > 0 ? [countOf(severity, counts[index + 1]!)] : []));
  if (counts[0] === 0) printLine(terminal, `\n${[green('no problems'), ...others].join(', ')}`);
}

function countOf(severity: CheckSeverity, count: number): string {
  return formatCount(count, severity === 'error' ? 'problem' : severity);
}

/** At most `most` of each rule, in the order given. */
export function cutFindings(findings: readonly ReportedFinding[], most: number): ReportedFinding[] {
  const told = new Map<string, number>();
  return findings.filter(({ rule }) => {
    const count = (told.get(rule) ?? 0) + 1;
    told.set(rule, count);
    return count <= most;
  });
}
