import { counted, listed, milliseconds, percent, points, pValue, signed, whole } from '../report-html/format.js';
import type { Advice, AdviceCurve } from '../schemas/index.js';
import { compareApproaches, describeApproach, type MeasuredApproach } from './approach.js';
import { type Contest, type Evidence, largestTuned, level, ofKind } from './evidence.js';

type Reason = Advice['reasons'][number];

/** A gain of less is not worth the work of collecting rows. */
const worthwhile = 0.02;
/** Rows of a class below which it is hardly learnt. */
const fewClassRows = 10;

/** What the measurements say, one thing each. */
export function reasonsOf(evidence: Evidence, contest: Contest | undefined): Reason[] {
  return [
    ...moreRows(evidence),
    ...materialOfAnswers(evidence),
    ...examplesInPrompt(evidence.approaches),
    ...learntWithExamples(evidence.approaches),
    ...costs(contest),
    ...classes(evidence),
    ...gaps(evidence),
  ];
}

/** Whether so many times the rows are worth collecting: surely, surely not, or not known. */
export function gainVerdict({
  gain: { value, low, high },
}: AdviceCurve['predictions'][number]): 'pays' | 'hardly' | 'unknown' {
  if (high < worthwhile) return 'hardly';
  return low >= worthwhile / 2 && value >= worthwhile ? 'pays' : 'unknown';
}

function moreRows({ curve, approaches, trainingRows }: Evidence): Reason[] {
  const about = 'More examples';
  const tuned = largestTuned(approaches);
  if (tuned === undefined) return [];
  if (curve === null) {
    const text = 'What more rows would bring is not known: it takes three sizes of training to draw a curve.';
    return [{ about, text }];
  }
  const sentences = curve.predictions.map(
    ({ factor, rows, gain }) =>
      `${factor === 2 ? 'twice' : `${factor} times`} as many (${whole(rows)}) ${points(gain.value)} (95% interval ${signed(gain.low * 100, 1)} to ${signed(gain.high * 100, 1)})`,
  );
  const conclusion = {
    pays: 'They would pay.',
    hardly: 'They would hardly pay: the curve has flattened.',
    unknown: 'Whether that pays cannot be told from these rows.',
  }[gainVerdict(curve.predictions[0]!)];
  const unused =
    tuned.trainingRows! < trainingRows
      ? ` Of ${counted(trainingRows, 'row')} at hand ${whole(tuned.trainingRows!)} were learnt from.`
      : '';
  return [
    {
      about,
      text: `Compared with ${counted(tuned.trainingRows!, 'row')}, ${listed(sentences)}. ${conclusion}${unused}`,
    },
  ];
}

function materialOfAnswers({ task, traits }: Evidence): Reason[] {
  if (task === 'intents') {
    const text = `${counted(traits.classes, 'intent')} to choose from: form, which is learnt. Where intents come and go, rows that are looked up need no training.`;
    return [{ about: 'What is answered', text }];
  }
  const { total, choices, said, learnt, unknown } = traits.values;
  if (total === 0) return [];
  const share = (count: number) => percent(count / total, 0);
  const form = `Of ${counted(total, 'value')} in calls ${share(said)} stand in the conversation and ${share(choices)} are choices that the schemas list: form, which is learnt.`;
  const habits = learnt === 0 ? '' : ` ${share(learnt)} nobody says, but rows to learn from have them.`;
  const facts =
    unknown === 0
      ? ''
      : ` ${share(unknown)} are in neither: facts, which no training brings. What changes has to be looked up and put into the prompt.`;
  return [{ about: 'What is answered', text: `${form}${habits}${facts}` }];
}

function examplesInPrompt(approaches: readonly MeasuredApproach[]): Reason[] {
  const plain = ofKind(approaches, 'prompting');
  const sentences = (['few-shot', 'retrieval'] as const).flatMap((kind) => {
    const shown = ofKind(approaches, kind);
    return plain === undefined || shown === undefined
      ? []
      : [`${kind === 'retrieval' ? 'similar' : 'random'} ones ${effect(plain, shown)}`];
  });
  return sentences.length === 0
    ? []
    : [{ about: 'Examples in the prompt', text: `Compared with none, ${listed(sentences)}.` }];
}

function learntWithExamples(approaches: readonly MeasuredApproach[]): Reason[] {
  const [tuned, shown] = [largestTuned(approaches), ofKind(approaches, 'fine-tuning+retrieval')];
  if (tuned === undefined || shown === undefined) return [];
  const text = `Similar rows in the adapter's prompt: ${effect(tuned, shown)}. It was not trained with them.`;
  return [{ about: 'Both together', text }];
}

function effect(baseline: MeasuredApproach, candidate: MeasuredApproach): string {
  const { right } = compareApproaches(baseline, candidate);
  if (right.difference === null) return 'were not measured on the same rows';
  const chance = right.pValue >= level ? 'no more than chance' : pValue(right.pValue);
  return `${points(right.difference.value)} (${chance}, ${counted(right.rows, 'row')})`;
}

function costs(contest: Contest | undefined): Reason[] {
  if (contest === undefined) return [];
  const [prompted, tuned] = [contest.prompted, contest.tuned].map(describeApproach);
  const training = tuned!.trainingSeconds === null ? '' : ` Training took ${whole(tuned!.trainingSeconds)} s here.`;
  const text = `An answer takes ${milliseconds(tuned!.answerMs)} and a prompt of ${whole(tuned!.promptTokens)} tokens with the adapter, ${milliseconds(prompted!.answerMs)} and ${whole(prompted!.promptTokens)} with “${prompted!.name}”.${training}`;
  return [{ about: 'Cost', text }];
}

function classes({ task, traits: { classes: count, smallestClassRows } }: Evidence): Reason[] {
  if (smallestClassRows >= fewClassRows || count === 0) return [];
  const what = task === 'intents' ? 'intent' : 'tool';
  const text = `One ${what} has only ${counted(smallestClassRows, 'row')} to learn from. Some dozens for each ${what} come before more of the others.`;
  return [{ about: `Few rows of one ${what}`, text }];
}

function gaps({ skipped, interrupted }: Evidence): Reason[] {
  const told = skipped.map(({ name, reason }) => `${name} (${reason})`);
  if (told.length === 0 && !interrupted) return [];
  const start = interrupted ? 'It was stopped before all was measured. ' : '';
  return [{ about: 'Not measured', text: `${start}${told.length === 0 ? '' : `Left out: ${listed(told)}.`}`.trim() }];
}
