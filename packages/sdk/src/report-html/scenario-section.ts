import type { EvaluationAnswer, EvaluationReport, EvaluationScenario } from '../schemas/index.js';
import { wantedCalls } from './call-view.js';
import { type Html, html } from './html.js';
import { scrollable, section } from './page.js';

/** Every scenario by name, what each configuration made of it, and the answers that did not pass. */
export function scenarioSection(
  { scenarios = [] }: EvaluationReport,
  candidate: string,
  baseline: string | undefined,
): Html | null {
  const [first] = scenarios;
  if (first === undefined) return null;
  // Before and after stand first: on a phone the others are scrolled to.
  const names = first.answers.map(({ configuration }) => configuration);
  const columns = [baseline, candidate, ...names].filter((name, place, all) => all.indexOf(name) === place);
  const ordered = columns.filter((name) => name !== undefined && names.includes(name)) as string[];
  const answerOf = ({ answers }: EvaluationScenario, name: string) =>
    answers.find(({ configuration }) => configuration === name);
  const counts = ordered.map((name) => scenarios.filter((scenario) => answerOf(scenario, name)?.right).length);
  return section(
    'Scenarios',
    html`${scrollable(
      'Scenarios',
      html`<table><thead><tr><th class="first" scope="col">scenario</th>${ordered.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${scenarios.map(
        (scenario) =>
          html`<tr><th class="first" scope="row">${scenario.name}<span class="range">${scenario.capability}${scenario.why === 'safety' ? html` <span class="tag">safety</span>` : null}</span><span class="expected user">${scenario.expect}</span></th>${ordered.map(
            (name) => {
              const answer = answerOf(scenario, name);
              return html`<td>${answer && [mark(answer.right), change(scenario, answer, candidate, baseline)]}</td>`;
            },
          )}</tr>`,
      )}</tbody>
<tbody><tr><th class="first" scope="row">passed</th>${counts.map((count) => html`<td>${count} of ${scenarios.length}</td>`)}</tr></tbody></table>`,
    )}${failedAnswers(scenarios, candidate)}`,
  );
}

function mark(passed: boolean): Html {
  return passed ? html`<span class="pass">✓ pass</span>` : html`<span class="fail">✗ fail</span>`;
}

function change(
  { answers }: EvaluationScenario,
  answer: EvaluationAnswer,
  candidate: string,
  baseline: string | undefined,
): Html | null {
  const before = answers.find(({ configuration }) => configuration === baseline);
  if (answer.configuration !== candidate || before === undefined || before.right === answer.right) return null;
  return html`<span class="range">${answer.right ? 'new' : 'passed before'}</span>`;
}

function failedAnswers(scenarios: readonly EvaluationScenario[], candidate: string): Html | null {
  const failed = scenarios.flatMap((scenario) => {
    const answer = scenario.answers.find(({ configuration }) => configuration === candidate);
    return answer === undefined || answer.right ? [] : [{ scenario, answer }];
  });
  if (failed.length === 0) return null;
  return html`<details><summary>What “${candidate}” answered where it did not pass</summary><div class="cases">${failed.map(
    ({ scenario, answer }) =>
      html`<div class="case"><h3>${scenario.name}</h3><p class="request">${scenario.request}</p><p>Expected: <span class="user">${scenario.expect}</span></p>${
        scenario.note === undefined ? null : html`<p class="note">${scenario.note}</p>`
      }<div class="answer">${wantedCalls(answer.calls)}${answer.content === '' ? null : html`<p class="words">${answer.content}</p>`}<p class="note">${answer.reasons.join('; ')}</p></div></div>`,
  )}</div></details>`;
}
