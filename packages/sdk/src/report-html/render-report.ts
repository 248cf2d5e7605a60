import type { AdapterManifest, EvaluationReport } from '../schemas/index.js';
import { argumentSection } from './argument-section.js';
import { configurationsSection } from './configurations-section.js';
import { confusionSection } from './confusion-section.js';
import { detailSection } from './detail-section.js';
import { failureSection } from './failure-section.js';
import { counted } from './format.js';
import { type Html, html } from './html.js';
import { learningSection } from './learning-section.js';
import { page } from './page.js';
import { scenarioSection } from './scenario-section.js';
import { forgettingSection, settingsSection } from './settings-section.js';
import { parseTrainingCurve } from './training-curve.js';
import { baselineOf, candidateOf, type Verdict, verdictOf } from './verdict.js';

export interface RenderReportOptions {
  /** What the report is about, such as the adapter's folder. */
  title?: string;
  /** The adapter's manifest.json: how it was made, and what was forgotten. */
  manifest?: AdapterManifest | undefined;
  /** Text of the adapter's run.jsonl, for the learning curve. */
  runLog?: string | undefined;
}

/**
 * A report.json as a page for people: one HTML file without scripts that asks nothing of the network. Reports of earlier
 * versions, which tell less, are shown as far as they go.
 */
export function renderEvaluationReport(report: EvaluationReport, options: RenderReportOptions = {}): string {
  const { title = 'Evaluation', manifest, runLog } = options;
  const candidate = candidateOf(report);
  const comparison = baselineOf(report);
  const baseline = report.configurations.find(({ name }) => name === comparison?.baseline);
  const forgetting = manifest?.training?.forgetting;
  const curve = runLog === undefined ? undefined : parseTrainingCurve(runLog);
  const remote = report.configurations.map(({ name }) => name).filter((name) => name.startsWith('remote'));
  const shown = [...(baseline === undefined ? [] : [baseline.name]), ...remote, candidate.name];
  const subject = `${report.dataset.file}, ${counted(report.dataset.rows, 'row')}`;
  return page(
    `${title}: evaluation`,
    html`<h1>${title}, measured on ${subject}</h1>${verdictView(verdictOf(report, forgetting))}`,
    [
      configurationsSection(report),
      confusionSection(
        `Which tool was called, ${candidate.name}`,
        candidate.metrics.toolConfusions ?? [],
        'no call',
        baseline && { name: baseline.name, confusions: baseline.metrics.toolConfusions ?? [] },
      ),
      argumentSection(candidate, baseline),
      detailSection(report.configurations),
      scenarioSection(report, candidate.name, baseline?.name),
      failureSection(report.sideBySide ?? [], candidate, shown),
      curve === undefined ? null : learningSection(curve),
      forgetting === undefined ? null : forgettingSection(forgetting),
      settingsSection(
        report,
        [
          [
            'scoring',
            report.scoring === 'bfcl' ? 'by the rules of the Berkeley Function Calling Leaderboard' : 'strict',
          ],
          ['toolset', html`<code>${report.toolsetFingerprint}</code>`],
        ],
        manifest,
      ),
    ],
    html`<p>Shares have Wilson 95% intervals.</p>`,
  );
}

/** The headline and what belongs to it. */
export function verdictView({ tone, headline, points }: Verdict): Html {
  return html`<div class="verdict ${tone}"><p>${headline}</p></div><ul class="points">${points.map(
    ({ title, text, tone: kind }) => html`<li class="${kind ?? ''}"><b>${title}</b>${text}</li>`,
  )}</ul>`;
}
