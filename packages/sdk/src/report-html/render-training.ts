import type { AdapterManifest } from '../schemas/index.js';
import { html } from './html.js';
import { learningSection } from './learning-section.js';
import { page, section } from './page.js';
import { adapterSettings, forgettingSection } from './settings-section.js';
import { parseTrainingCurve } from './training-curve.js';

/** How an adapter was trained, where there are no rows to measure it on: curves, what was forgotten, settings. One HTML file. */
export function renderTrainingReport({
  title,
  manifest,
  runLog,
}: {
  /** What the report is about, such as the adapter's folder. */
  title: string;
  manifest: AdapterManifest;
  /** Text of the adapter's run.jsonl. */
  runLog: string;
}): string {
  const curve = parseTrainingCurve(runLog);
  const forgetting = manifest.training?.forgetting;
  return page(
    `${title}: training`,
    html`<h1>${title}: training</h1><p class="soft">The adapter was not measured. Where there are validation rows, or with tooltune eval, the report says what it gets right.</p>`,
    [
      curve === undefined ? null : learningSection(curve),
      forgetting === undefined ? null : forgettingSection(forgetting),
      section('Settings', adapterSettings(manifest)),
    ],
    html`<p>${manifest.createdBy}</p>`,
  );
}
