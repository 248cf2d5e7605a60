import type { CaseResult, ParticipantSummary, Spread } from './case-result.js';
import type { Target } from './targets.js';

/** Prints a table of all cases, one line for each participant. */
export function printCases(cases: readonly { result: CaseResult; summaries: readonly ParticipantSummary[] }[]): void {
  const columns = ['', 'examples/s', 'min to max', 'tokens/s', 'speed', 'GB', '', 'losses', 'gradients'];
  const lines: (string[] | string)[] = [columns];
  for (const { result, summaries } of cases) {
    lines.push('', describe(result));
    for (const { name, examplesPerSecond, tokensPerSecond, peakBytes, gradients, comparison } of summaries) {
      lines.push([
        `  ${name}`,
        significant(examplesPerSecond.median),
        range(examplesPerSecond),
        tokensPerSecond.median.toFixed(0),
        comparison === undefined ? '' : `${comparison.ratio.median.toFixed(2)}x`,
        (peakBytes / 1e9).toFixed(2),
        comparison === undefined ? '' : `${(100 * comparison.memory).toFixed(0)}%`,
        comparison === undefined ? '' : comparison.firstLosses.toExponential(1),
        gradients?.toDouble.largest.toExponential(1) ?? '',
      ]);
    }
  }
  const cells = lines.filter((line) => typeof line !== 'string');
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]!.length)));
  for (const line of lines) {
    if (typeof line === 'string') console.log(line);
    else
      console.log(line.map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at]!))).join('  '));
  }
}

/** Prints what was aimed for. */
export function printTargets(targets: readonly Target[]): void {
  console.log('\nTargets');
  for (const { text, value, met } of targets) console.log(`  ${met ? 'met   ' : 'MISSED'}  ${text}: ${value}`);
}

function describe({ title, shape, maxTokensPerPass, peerRows }: CaseResult): string {
  const { rows, tokens, sharedTokens, passes, computedTokens, peerPasses, peerComputedTokens } = shape;
  const own = tokens / rows - sharedTokens;
  const count = (value: number) => String(Number(value.toFixed(1)));
  const ours = `ours ${count(passes)} of up to ${maxTokensPerPass} tokens (${computedTokens.toFixed(0)} computed)`;
  const peer =
    peerRows === 0 ? '' : `, PEFT ${count(peerPasses)} of ${peerRows} rows (${peerComputedTokens.toFixed(0)} computed)`;
  return `${title}: ${count(rows)} rows a step, ${sharedTokens} tokens shared + ${own.toFixed(0)}\n  passes a step: ${ours}${peer}`;
}

function range({ min, max }: Spread): string {
  return `${significant(min)}-${significant(max)}`;
}

function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
