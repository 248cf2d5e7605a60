import { wilsonRate } from '../evaluate/statistics.js';
import { counted, percent, points, pValue, signed } from '../report-html/format.js';
import type { Advice } from '../schemas/index.js';
import { reasonsOf } from './advice-reasons.js';
import { compareApproaches } from './approach.js';
import {
  bestPrompted,
  type Contest,
  contestOf,
  type Evidence,
  fewestRows,
  largestTuned,
  level,
  ofKind,
  rowsToTell,
  shareOf,
} from './evidence.js';

/** An answer that is right less often is of no use, whatever it is better than. */
const useful = 0.3;
/** Approaches whose difference is surely smaller are equally good. */
const negligible = 0.05;
/** Of the values in calls, the share that can neither be read nor learnt from which on something must be looked up. */
const manyUnknown = 0.1;

type Verdict = Pick<Advice, 'recommendation' | 'headline'>;

/**
 * What the measurements say of the decision: facts that change are looked up and put into the prompt, form is learnt. A
 * difference counts where a paired test says that it is more than chance; where rows are too few it says so.
 */
export function decideAdvice(evidence: Evidence): Omit<Advice, 'next'> {
  const contest = contestOf(evidence.approaches);
  return {
    ...(contest === undefined ? withoutContest(evidence) : judge(contest, evidence)),
    reasons: reasonsOf(evidence, contest),
  };
}

function withoutContest({ approaches }: Evidence): Verdict {
  const [tuned, prompted] = [largestTuned(approaches), bestPrompted(approaches)];
  const measured = tuned ?? prompted;
  const figures =
    measured === undefined
      ? ''
      : ` “${measured.name}” is right in ${percent(shareOf(measured))} of ${counted(measured.answers.length, 'row')}.`;
  const missing =
    tuned === undefined
      ? 'nothing was trained, so whether fine-tuning pays'
      : 'no prompt was tried, so whether it pays';
  return { recommendation: 'unclear', headline: `Not measured: ${missing} is not known.${figures}` };
}

function judge(contest: Contest, evidence: Evidence): Verdict {
  const { prompted, tuned, right } = contest;
  if (right.rows < fewestRows) {
    const headline = `Not enough rows to tell: ${counted(right.rows, 'held-out row')} were asked of both “${prompted.name}” and “${tuned.name}”. ${figuresOf(contest)}`;
    return { recommendation: 'unclear', headline };
  }
  if (isUseless(contest, evidence)) {
    const headline = `Neither is good enough yet: ${figuresOf(contest)} More examples, simpler tools or a larger base model come first.`;
    return { recommendation: 'neither', headline };
  }
  if (right.pValue >= level) return undecided(contest);
  if (right.difference!.value < 0) {
    const way = nameOfKind[prompted.kind];
    return {
      recommendation: wayOf(prompted),
      headline: `Do not fine-tune with these rows: ${way} is better. ${figuresOf(contest)}`,
    };
  }
  const addsRetrieval = retrievalHelps(evidence);
  const { total, unknown } = evidence.traits.values;
  if (addsRetrieval || (total > 0 && unknown / total >= manyUnknown)) {
    const why = addsRetrieval
      ? 'and similar rows in its prompt make it better still'
      : `and put what must be looked up into the prompt: ${percent(unknown / total, 0)} of the values in calls can be neither read nor learnt`;
    return { recommendation: 'both', headline: `Fine-tune, ${why}. ${figuresOf(contest)}` };
  }
  return { recommendation: 'fine-tuning', headline: `Fine-tuning is worth it: ${figuresOf(contest)}` };
}

/** Even the upper end of the best one's interval is too low, and more rows are not likely to mend it. */
function isUseless({ prompted, tuned }: Contest, { curve }: Evidence): boolean {
  const highest = [prompted, tuned].map(
    ({ answers }) => wilsonRate(answers.filter(({ right }) => right).length, answers.length).high!,
  );
  const hope = curve?.predictions.at(-1)?.right.value ?? 0;
  return Math.max(...highest, hope) < useful;
}

function undecided(contest: Contest): Verdict {
  const { prompted, right } = contest;
  const { low, high } = right.difference!;
  if (low > -negligible && high < negligible) {
    const headline = `Fine-tuning is not needed: ${nameOfKind[prompted.kind]} does as well. ${figuresOf(contest)}`;
    return { recommendation: wayOf(prompted), headline };
  }
  const needed = rowsToTell(right);
  const more =
    needed === null || needed <= right.rows
      ? ''
      : ` A difference as large as this one needs about ${counted(needed, 'held-out row')} to be seen.`;
  return { recommendation: 'unclear', headline: `Not enough rows to tell: ${figuresOf(contest)}${more}` };
}

/** Whether the adapter is surely better with similar rows in its prompt. */
function retrievalHelps({ approaches }: Evidence): boolean {
  const [tuned, shown] = [largestTuned(approaches), ofKind(approaches, 'fine-tuning+retrieval')];
  if (tuned === undefined || shown === undefined || shown.answers.length === 0) return false;
  const { difference, pValue: chance } = compareApproaches(tuned, shown).right;
  return chance < level && difference!.value > 0;
}

function wayOf({ kind }: Contest['prompted']): Advice['recommendation'] {
  return kind === 'retrieval' || kind === 'few-shot' ? kind : 'prompting';
}

const nameOfKind: Record<Contest['prompted']['kind'], string> = {
  prompting: 'prompting',
  'few-shot': 'showing examples in the prompt',
  retrieval: 'showing similar rows in the prompt',
  'fine-tuning': 'fine-tuning',
  'fine-tuning+retrieval': 'fine-tuning with similar rows in the prompt',
};

function figuresOf({ prompted, tuned, right }: Contest): string {
  const { rows, both, baselineOnly, candidateOnly, difference } = right;
  const { value, low, high } = difference!;
  return `“${tuned.name}” is right in ${percent((both + candidateOnly) / rows)} of ${counted(rows, 'row')}, “${prompted.name}” in ${percent((both + baselineOnly) / rows)} (${points(value)}, 95% interval ${signed(low * 100, 1)} to ${signed(high * 100, 1)}, ${pValue(right.pValue)}).`;
}
