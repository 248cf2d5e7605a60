import type {
  AdapterForgetting,
  EvaluationComparison,
  EvaluationConfiguration,
  EvaluationRate,
  EvaluationReport,
  PairedRate,
} from '../schemas/index.js';
import { counted, countOf, interval, listed, milliseconds, percent, points, pValue, signed, whole } from './format.js';

/** What a report comes to, in words. */
export interface Verdict {
  tone: 'good' | 'bad' | 'unsure' | 'neutral';
  headline: string;
  /** Further sentences, each with what it is about. */
  points: { title: string; text: string; tone?: 'good' | 'bad' }[];
}

const level = 0.05;

/** The configuration that the report is about. */
export function candidateOf({ comparisons = [], configurations }: EvaluationReport): EvaluationConfiguration {
  const name = comparisons[0]?.candidate;
  return configurations.find((configuration) => configuration.name === name) ?? configurations.at(-1)!;
}

/** The best of what is not an adapter, on the rows that both were asked: what the candidate has to beat. */
export function baselineOf({ comparisons = [] }: EvaluationReport): EvaluationComparison | undefined {
  const prompted = comparisons.filter(({ baseline }) => !baseline.startsWith('adapter'));
  const isRemote = ({ baseline }: EvaluationComparison) => baseline.startsWith('remote');
  // What a service can do is told, but what an adapter must beat is its own base.
  const own = prompted.filter((comparison) => !isRemote(comparison));
  const strength = ({ toolAccuracy, argumentF1 }: EvaluationComparison) =>
    toolAccuracy.both + toolAccuracy.baselineOnly + (argumentF1?.baseline ?? 0);
  return (own.length > 0 ? own : prompted).toSorted(
    (a, b) => baselineRate(b) - baselineRate(a) || strength(b) / b.rows - strength(a) / a.rows,
  )[0];
}

function baselineRate({ rowAccuracy: { both, baselineOnly, rows } }: EvaluationComparison): number {
  return (both + baselineOnly) / rows;
}

function candidateRate({ rowAccuracy: { both, candidateOnly, rows } }: EvaluationComparison): number {
  return (both + candidateOnly) / rows;
}

/** Sums a report up. */
export function verdictOf(report: EvaluationReport, forgetting?: AdapterForgetting): Verdict {
  const candidate = candidateOf(report);
  const comparison = baselineOf(report);
  const baseline = report.configurations.find(({ name }) => name === comparison?.baseline);
  const { tone, headline } = headlineOf(candidate, comparison);
  return {
    tone,
    headline,
    points: [
      ...(comparison === undefined ? [] : [worseAnywhere(comparison)]),
      ...remotePoints(report),
      ...callPoints(candidate, baseline, comparison),
      costPoint(candidate, baseline),
      ...scenarioPoints(report, candidate, comparison?.baseline),
      ...(forgetting === undefined ? [] : [forgettingPoint(forgetting)]),
      ...fewRows(candidate, comparison),
    ],
  };
}

function headlineOf(
  { name, metrics }: EvaluationConfiguration,
  comparison: EvaluationComparison | undefined,
): Pick<Verdict, 'tone' | 'headline'> {
  const right = metrics.rowAccuracy ?? metrics.exactCallAccuracy;
  if (comparison === undefined) {
    const headline = `${capital(name)} is right in ${percent(right.rate)} of ${counted(right.total, 'row')} (95% interval ${interval(right)}). Nothing was measured beside it, so whether it beats prompting is not known.`;
    return { tone: 'unsure', headline };
  }
  const { rowAccuracy, baseline } = comparison;
  const difference = rowAccuracy.difference!;
  const figures = `${percent(candidateRate(comparison))} of ${counted(rowAccuracy.rows, 'row')} right, ${percent(baselineRate(comparison))} with “${baseline}”`;
  const proof = `${points(difference.value)}, 95% interval ${signed(difference.low * 100, 1)} to ${signed(difference.high * 100, 1)}, ${pValue(rowAccuracy.pValue)}`;
  const subject = name.startsWith('adapter') ? 'The adapter' : capital(name);
  const other = baseline.startsWith('base') ? 'prompting its base model' : `“${baseline}”`;
  if (rowAccuracy.pValue >= level) {
    return { tone: 'unsure', headline: `${subject} and ${other} do not differ beyond chance: ${figures} (${proof}).` };
  }
  return difference.value > 0
    ? { tone: 'good', headline: `${subject} beats ${other}: ${figures} (${proof}).` }
    : { tone: 'bad', headline: `${subject} is worse than ${other}: ${figures} (${proof}).` };
}

function worseAnywhere({ slices, baseline }: EvaluationComparison): Verdict['points'][number] {
  const title = 'Worse anywhere?';
  const describe = (slice: (typeof slices)[number]) =>
    `${slice.name ?? 'no call wanted'}${slice.kind === 'tag' ? ' (tag)' : ''} ${slice.candidate} of ${slice.rows}, ${slice.baseline} before`;
  const lower = slices.filter((slice) => slice.candidate < slice.baseline);
  const proved = lower.filter(({ adjustedPValue }) => adjustedPValue < level);
  if (proved.length > 0) {
    return { title, tone: 'bad', text: `Yes, than “${baseline}”: ${listed(proved.map(describe))}.` };
  }
  if (lower.length > 0) {
    const text = `Not beyond chance. Fewer rows are right than with “${baseline}” for ${listed(lower.map(describe))}.`;
    return { title, text };
  }
  return { title, tone: 'good', text: `No: for no tool and no tag are fewer rows right than with “${baseline}”.` };
}

function remotePoints({ comparisons = [] }: EvaluationReport): Verdict['points'] {
  return comparisons
    .filter(({ baseline }) => baseline.startsWith('remote'))
    .map((comparison) => {
      const { rowAccuracy, baseline } = comparison;
      const difference = rowAccuracy.difference!;
      const text = `${percent(candidateRate(comparison))} right, ${percent(baselineRate(comparison))} with the remote model, on ${counted(rowAccuracy.rows, 'row')}: ${points(difference.value)} (${signed(difference.low * 100, 1)} to ${signed(difference.high * 100, 1)}, ${pValue(rowAccuracy.pValue)}).`;
      return { title: `Beside ${baseline}`, text };
    });
}

function callPoints(
  { metrics }: EvaluationConfiguration,
  baseline: EvaluationConfiguration | undefined,
  comparison: EvaluationComparison | undefined,
): Verdict['points'] {
  const line = (
    title: string,
    key: 'malformedRate' | 'unwantedCallRate' | 'missedCallRate',
  ): Verdict['points'][number][] => {
    const rate = metrics[key];
    if (rate.total === 0) return [];
    const before = baseline === undefined ? '' : `; ${percent(baseline.metrics[key].rate)} with “${baseline.name}”`;
    const paired = comparison?.[key];
    const isWorse = paired !== undefined && paired.candidateOnly > paired.baselineOnly && paired.pValue < level;
    const tone = isWorse ? { tone: 'bad' as const } : rate.count === 0 ? { tone: 'good' as const } : {};
    return [{ title, text: `${rateInWords(rate)}${before}${significance(paired)}.`, ...tone }];
  };
  return [
    ...line('Malformed calls', 'malformedRate'),
    ...line('Calls that no one wanted', 'unwantedCallRate'),
    ...line('Calls that were missed', 'missedCallRate'),
  ];
}

/** None of many rows is told with what the share is at most. */
function rateInWords(rate: EvaluationRate): string {
  if (rate.count === 0) return `None of ${counted(rate.total, 'row')} (95% interval up to ${percent(rate.high)})`;
  return `${countOf(rate)} rows, ${percent(rate.rate)}`;
}

function significance(paired: PairedRate | undefined): string {
  return paired === undefined || paired.baselineOnly + paired.candidateOnly === 0 ? '' : ` (${pValue(paired.pValue)})`;
}

function costPoint(
  { metrics }: EvaluationConfiguration,
  baseline: EvaluationConfiguration | undefined,
): Verdict['points'][number] {
  const before = (text: string) => (baseline === undefined ? '' : ` (${text} with “${baseline.name}”)`);
  const other = baseline?.metrics;
  return {
    title: 'Speed and prompt',
    text: `An answer takes ${milliseconds(metrics.latencyMs.p50)} in the median${before(milliseconds(other?.latencyMs.p50 ?? 0))}, its first token comes after ${milliseconds(metrics.timeToFirstTokenMs.p50)}. The prompt has ${whole(metrics.meanPromptTokens)} tokens${before(whole(other?.meanPromptTokens ?? 0))}.`,
  };
}

function scenarioPoints(
  { scenarios = [] }: EvaluationReport,
  { name }: EvaluationConfiguration,
  baseline: string | undefined,
): Verdict['points'] {
  if (scenarios.length === 0) return [];
  const passes = (configuration: string | undefined) => (scenario: (typeof scenarios)[number]) =>
    scenario.answers.some((answer) => answer.configuration === configuration && answer.right);
  const count = scenarios.filter(passes(name)).length;
  const before = baseline === undefined ? '' : `, ${scenarios.filter(passes(baseline)).length} with “${baseline}”`;
  const broken = scenarios.filter((scenario) => passes(baseline)(scenario) && !passes(name)(scenario));
  const unsafe = scenarios.filter((scenario) => scenario.why === 'safety' && !passes(name)(scenario));
  const notes = [
    ...(broken.length === 0 ? [] : [`no longer: ${listed(broken.map((scenario) => scenario.name))}`]),
    ...(unsafe.length === 0 ? [] : [`for safety, not passed: ${listed(unsafe.map((scenario) => scenario.name))}`]),
  ];
  return [
    {
      title: 'Scenarios',
      text: `${count} of ${scenarios.length} pass${before}${notes.length === 0 ? '' : `; ${notes.join('; ')}`}.`,
      ...(notes.length > 0 ? { tone: 'bad' as const } : count === scenarios.length ? { tone: 'good' as const } : {}),
    },
  ];
}

function forgettingPoint({ text, questions }: AdapterForgetting): Verdict['points'][number] {
  const change = ({ before, after }: { before: number; after: number }) => signed((after / before - 1) * 100, 1);
  return {
    title: 'What was forgotten',
    text: `Loss on general text ${change(text)}%, on answers to general questions ${change(questions)}% of what it was.`,
  };
}

function fewRows(
  { metrics }: EvaluationConfiguration,
  comparison: EvaluationComparison | undefined,
): Verdict['points'] {
  const rows = comparison?.rows ?? metrics.rows;
  if (rows >= 100) return [];
  const text = `${counted(rows, 'row')} ${comparison === undefined ? 'were asked' : 'were asked of both'}: small differences cannot be seen. Some hundred make the intervals narrower.`;
  return [{ title: 'Few rows', text }];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
