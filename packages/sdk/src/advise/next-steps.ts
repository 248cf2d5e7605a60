import type { Advice } from '../schemas/index.js';
import { gainVerdict } from './advice-reasons.js';
import { contestOf, type Evidence, rowsToTell } from './evidence.js';

/** As they stand in a command, quoted where that is needed. */
export interface StepFiles {
  /** Undefined for intents. */
  tools: string | undefined;
  data: string;
  base: string;
}

/** What to do now: a sentence or a command each. */
export function nextSteps(
  recommendation: Advice['recommendation'],
  evidence: Evidence,
  { tools, data, base }: StepFiles,
): string[] {
  const kind = tools === undefined ? '--intents' : `--tools ${tools}`;
  const train = `tooltune train ${kind} --data ${data} --base ${base} --out my-adapter`;
  const more =
    tools === undefined ? [] : [`tooltune generate --tools ${tools} --seeds ${data} --count 1000 --out data`];
  const similar = 'Show the rows that are most like the request, with createFewShotCaller of @tooltune/sdk.';
  const verdict = evidence.curve === null ? 'unknown' : gainVerdict(evidence.curve.predictions[0]!);
  switch (recommendation) {
    case 'fine-tuning':
      return [train, ...(verdict === 'pays' ? more : [])];
    case 'both':
      return [train, 'Look up what changes before you ask, and put it into the conversation, in training rows too.'];
    case 'retrieval':
      return [similar];
    case 'few-shot':
      return ['Show some rows in the prompt, always the same: they are read once and kept.'];
    case 'prompting':
      return ['Ask the base model with the tools in its prompt, and the constraint.'];
    case 'neither':
      return [...more, 'Try a larger base model: tooltune models.'];
    case 'unclear':
      return [needMore(evidence, `tooltune advise ${[tools, data].filter(Boolean).join(' ')} --base ${base}`)];
  }
}

function needMore({ approaches }: Evidence, command: string): string {
  const contest = contestOf(approaches);
  if (contest === undefined) return `${command} --minutes 60`;
  const needed = rowsToTell(contest.right);
  const asked = Math.max(...approaches.map(({ answers }) => answers.length));
  return `${command} --held-out ${Math.max(asked, Math.min(1000, needed ?? 300))} --minutes 60`;
}
