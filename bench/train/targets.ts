import type { CaseResult, ParticipantSummary } from './case-result.js';
import { firstSteps, peerName, variantNames } from './case-result.js';
import type { CaseName } from './training-case.js';

/** What was aimed for, and what came of it. */
export interface Target {
  text: string;
  value: string;
  met: boolean;
}

type Summaries = readonly { result: CaseResult; summaries: readonly ParticipantSummary[] }[];

const speeds: Partial<Record<CaseName, { least: number; aim: number }>> = {
  'tool-block': { least: 6, aim: 8 },
  plain: { least: 1.6, aim: 2 },
};
const mostMemory = 0.5;
const mostMemoryBytes = 2.5e9;
const tolerance = 1e-4;

/** Those targets that the cases which were run say something about. */
export function judgeTargets(cases: Summaries): Target[] {
  return cases.flatMap(({ result: { name, title }, summaries }) => {
    const targets: Target[] = [];
    const speed = speeds[name];
    const peerGradients = summaries.find(({ name: participant }) => participant === peerName)?.gradients;
    for (const { name: participant, peakBytes, gradients, comparison } of summaries) {
      const add = (text: string, value: string, met: boolean) =>
        targets.push({ text: `${title}, ${participant}: ${text}`, value, met });
      if (name === 'memory') add('peak memory below 2.5 GB', gigabytes(peakBytes), peakBytes < mostMemoryBytes);
      if (comparison === undefined) continue;
      const { ratio, memory, firstLosses } = comparison;
      if (participant === variantNames.lora && speed !== undefined) {
        const text = `at least ${speed.least} times PEFT's examples/s (aim ${speed.aim})`;
        add(text, `${ratio.median.toFixed(2)}x`, ratio.median >= speed.least);
      }
      if (participant !== variantNames.lora) {
        add("at most half of PEFT's peak memory", `${(100 * memory).toFixed(0)}%`, memory <= mostMemory);
      }
      if (gradients !== null && participant === variantNames.lora) {
        const { largest } = gradients.toPeft;
        add("gradients within 1e-4 of PEFT's, both in float32", largest.toExponential(1), largest <= tolerance);
      }
      // Its sums are of other products, so they are rounded elsewhere than PEFT's.
      if (gradients !== null && participant !== variantNames.lora && peerGradients != null) {
        const { largest } = gradients.toDouble;
        const most = peerGradients.toDouble.largest;
        const text = "gradients no further from double precision than PEFT's own in float32";
        add(text, `${largest.toExponential(1)}, PEFT ${most.toExponential(1)}`, largest <= most);
      }
      add(
        `losses of the first ${firstSteps} steps within 1e-4`,
        firstLosses.toExponential(1),
        firstLosses <= tolerance,
      );
    }
    return targets;
  });
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
