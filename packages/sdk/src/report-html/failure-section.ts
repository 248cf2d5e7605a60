import type { EvaluationConfiguration, SideBySideRow } from '../schemas/index.js';
import { answeredCalls, wantedCalls } from './call-view.js';
import { counted } from './format.js';
import { type Html, html } from './html.js';
import { section } from './page.js';

const shownAtFirst = 8;

/** The worst rows: what was wanted, and what configurations answered, with the differences marked. */
export function failureSection(
  rows: readonly SideBySideRow[],
  candidate: EvaluationConfiguration,
  shown: readonly string[],
): Html | null {
  if (candidate.failureCount === 0) return null;
  const cases =
    rows.length > 0 ? rows.map((row) => sideBySideCase(row, candidate.name, shown)) : failureCases(candidate);
  if (cases.length === 0) return null;
  return section(
    'Worst failures',
    html`<p class="soft">${counted(cases.length, 'row')} of the ${candidate.failureCount} that “${candidate.name}” got wrong${
      rows.length > 0 ? ', those first that another configuration got right' : ''
    }. <mark class="sample">Marked</mark> is wrong or not wanted, <del>struck through</del> is missing.</p><div class="cases">${cases.slice(0, shownAtFirst)}</div>${
      cases.length <= shownAtFirst
        ? null
        : html`<details><summary>${cases.length - shownAtFirst} more</summary><div class="cases">${cases.slice(shownAtFirst)}</div></details>`
    }`,
  );
}

function sideBySideCase(
  { file, line, request, expected, answers }: SideBySideRow,
  candidate: string,
  shown: readonly string[],
): Html {
  const views = answers
    .filter(({ configuration }) => shown.includes(configuration))
    .map((answer) => {
      const kind = answer.right ? 'is-right' : answer.configuration === candidate ? 'is-candidate' : '';
      return html`<div class="answer ${kind}"><h3>${answer.configuration}: ${answer.right ? 'right' : 'wrong'}${answer.malformed ? ', malformed' : ''}</h3>${answeredCalls(expected, answer.calls)}${words(answer.content)}${
        answer.reasons.length === 0 || answer.content === ''
          ? null
          : html`<p class="note">${answer.reasons.join('; ')}</p>`
      }</div>`;
    });
  return caseView({ file, line, request }, expected, views);
}

/** Of a report that does not tell rows side by side. */
function failureCases({ name, failures }: EvaluationConfiguration): Html[] {
  return failures
    .slice(0, 20)
    .map(({ file, line, request, expected, got, content, malformed }) =>
      caseView({ file, line, request }, expected, [
        html`<div class="answer is-candidate"><h3>${name}${malformed ? ', malformed' : ''}</h3>${answeredCalls(expected, got)}${words(content)}</div>`,
      ]),
    );
}

function caseView(
  { file, line, request }: { file: string; line: number | undefined; request: string },
  expected: SideBySideRow['expected'],
  answers: readonly Html[],
): Html {
  return html`<article class="case"><p class="request">${request}</p><div class="answers"><div class="answer"><h3>wanted</h3>${wantedCalls(expected)}</div>${answers}</div><p class="note">${file}${line === undefined ? null : `:${line}`}</p></article>`;
}

function words(content: string): Html | null {
  return content === '' ? null : html`<p class="words">${content}</p>`;
}
