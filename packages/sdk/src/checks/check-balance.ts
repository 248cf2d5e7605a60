import type { Tool } from '../toolset/index.js';
import { propertySchema } from './argument-schema.js';
import type { ReportFinding } from './check-finding.js';
import type { ToolStatistics } from './dataset-statistics.js';

/** How evenly calls are spread over tools. */
export interface Balance {
  /** Shannon's entropy of the shares of the tools, as a part of the greatest it can be (Pielou 1966): 1 is even. */
  evenness: number;
  /** The most calls of a tool through the fewest; infinite where a tool has none. */
  ratio: number;
}

const fewestCalls = 50;
/** Below this the rarest tools are learnt badly. */
const leastEvenness = 0.75;
/** A tool is rare with less than this part of what every tool would have. */
const rareShare = 0.2;
/** Rows that an argument needs before it is said that its values are few. */
const fewestValues = 20;

/** Evenness of counts; undefined where there are fewer than two, or nothing was counted. */
export function balanceOf(counts: readonly number[]): Balance | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length < 2 || total === 0) return undefined;
  const entropy = counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log(count / total)),
    0,
  );
  return { evenness: entropy / Math.log(counts.length), ratio: Math.max(...counts) / Math.min(...counts) };
}

/** Reports tools, arguments and values that rows to train on leave out, or have too few of. @param file to report at */
export function checkBalance(
  statistics: readonly ToolStatistics[],
  tools: ReadonlyMap<string, Tool>,
  file: string,
  report: ReportFinding,
): void {
  const calls = statistics.reduce((sum, tool) => sum + tool.calls, 0);
  if (calls === 0) return;
  const location = { file };
  const fair = calls / statistics.length;
  for (const { name, calls: count, arguments: used } of statistics) {
    if (count === 0) {
      report('tool-unused', location, `no row calls "${name}": it will not be learnt`);
      continue;
    }
    if (calls >= fewestCalls && count < rareShare * fair) {
      report('tool-rare', location, `"${name}" is called ${count} times in ${calls} calls; give it more rows`);
    }
    for (const argument of used) {
      const place = `${name}: ${argument.name}`;
      if (argument.count === 0) report('argument-unused', location, `${place} is given in no call`);
      else if (
        argument.distinct === 1 &&
        argument.count >= fewestValues &&
        !hasOneValue(tools.get(name), argument.name)
      ) {
        const only = JSON.stringify(argument.values[0]![0]);
        report(
          'argument-constant',
          location,
          `${place} is always ${only}, in ${argument.count} calls: nothing else will be learnt`,
        );
      }
      if (argument.count > 0 && argument.unusedValues.length > 0) {
        const values = argument.unusedValues.map((value) => JSON.stringify(value));
        const listed =
          values.length <= 8 ? values.join(', ') : `${values.slice(0, 8).join(', ')} and ${values.length - 8} more`;
        report('enum-unused', location, `${place} never takes ${listed}`);
      }
    }
  }
  const balance = balanceOf(statistics.map((tool) => tool.calls));
  if (balance !== undefined && calls >= fewestCalls && balance.evenness < leastEvenness) {
    const ratio = Number.isFinite(balance.ratio)
      ? `, the most called has ${Math.round(balance.ratio)} times the calls of the least`
      : '';
    report(
      'tools-unbalanced',
      location,
      `calls are spread unevenly over the tools: evenness ${balance.evenness.toFixed(2)} of 1${ratio}`,
    );
  }
}

function hasOneValue(tool: Tool | undefined, argument: string): boolean {
  const schema = propertySchema(tool?.parameters, argument);
  return typeof schema === 'object' && ('const' in schema || (Array.isArray(schema.enum) && schema.enum.length === 1));
}
