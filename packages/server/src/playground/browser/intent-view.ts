import { element, meter } from './dom.js';
import { formatProbability } from './probability.js';
import type { Classification, ClassifyAnswer, IntentProbability } from './protocol.js';

/** Intents of a text, the likeliest first; of a score its levels. */
export function intentElement({ results: [result], usage }: ClassifyAnswer): HTMLElement {
  if (result === undefined) return element('p', { class: 'problem' }, 'The server named no intent.');
  const { top, score } = result;
  const chosen = chosenOf(result);
  const rows = top.map((row) =>
    element(
      'li',
      { class: chosen.includes(row.intent) ? 'is-chosen' : undefined },
      element('span', { class: row.intent === null ? 'out-of-scope' : undefined }, intentName(row.intent)),
      element('span', { class: 'percent' }, formatProbability(row.probability)),
      meter(row.probability),
    ),
  );
  const isNone = chosen.every((intent) => intent === null);
  const hint = score === undefined ? (isNone ? noneOf(result) : undefined) : `On average ${score.expected.toFixed(2)}.`;
  return element(
    'div',
    { class: 'answer' },
    element(
      'div',
      { class: 'intent-answer' },
      element('h3', {}, headingOf(result)),
      element('p', { class: `intent-name${isNone ? ' out-of-scope' : ''}` }, namesOf(result)),
      ...(hint === undefined ? [] : [element('p', { class: 'hint' }, hint)]),
      element('ol', { class: 'intents' }, ...rows),
    ),
    element(
      'dl',
      { class: 'figures' },
      element('div', {}, element('dt', {}, 'Prompt tokens'), element('dd', {}, String(usage.prompt_tokens))),
    ),
  );
}

export function intentSummary({ results: [result] }: ClassifyAnswer): string {
  return result === undefined ? 'Done.' : `Done: ${namesOf(result)}`;
}

function chosenOf({ intent, intents }: Classification): (string | null)[] {
  return intents ?? [intent];
}

function headingOf({ intents, score }: Classification): string {
  if (score !== undefined) return 'Score';
  return intents === undefined ? 'Intent' : 'Intents';
}

/** In a few words, for those who do not see the bars too. */
function namesOf(result: Classification): string {
  const chosen = chosenOf(result);
  return chosen.length === 0 ? 'none' : chosen.map(intentName).join(', ');
}

function noneOf({ intents }: Classification): string {
  return intents === undefined ? 'None of the intents, or not sure enough of one.' : 'No intent reaches its threshold.';
}

function intentName(intent: IntentProbability['intent']): string {
  return intent ?? 'out of scope';
}
