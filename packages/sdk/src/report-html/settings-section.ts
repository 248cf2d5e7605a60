import type { AdapterForgetting, AdapterManifest } from '../schemas/index.js';
import { decimal, signed, whole } from './format.js';
import { type Html, type HtmlValue, html } from './html.js';
import { definitions, scrollable, section } from './page.js';

/** Loss on what was not learnt, before and after. */
export function forgettingSection({ text, questions }: AdapterForgetting): Html {
  const row = (name: string, { before, after }: { before: number; after: number }) =>
    html`<tr><th scope="row">${name}</th><td class="number">${decimal(before)}</td><td class="number">${decimal(after)}</td><td class="number">${signed((after / before - 1) * 100, 1)}%</td></tr>`;
  return section(
    'What was forgotten',
    html`${scrollable(
      'What was forgotten',
      html`<table><thead><tr><th scope="col">nats a token</th><th class="number" scope="col">base</th><th class="number" scope="col">with adapter</th><th class="number" scope="col">change</th></tr></thead><tbody>${row('general prose', text)}${row('answers to general questions', questions)}</tbody></table>`,
    )}<p class="note">Of text that the training did not see; less is better.</p>`,
  );
}

/** What was measured, with what, and how the adapter was made. */
export function settingsSection(
  report: { dataset: { file: string; sha256: string; rows: number }; base?: string; createdBy: string },
  further: readonly (readonly [string, HtmlValue])[],
  manifest: AdapterManifest | undefined,
): Html {
  const { dataset, base, createdBy } = report;
  return section(
    'Data and settings',
    html`${definitions([
      ['held-out rows', html`<code>${dataset.file}</code>, ${whole(dataset.rows)} rows asked`],
      ['SHA-256 of them', html`<code>${dataset.sha256}</code>`],
      ['base model', base === undefined ? undefined : html`<code>${base}</code>`],
      ...further,
      ['written by', createdBy],
    ])}${manifest === undefined ? null : adapterSettings(manifest)}`,
  );
}

/** How an adapter was made. */
export function adapterSettings(manifest: AdapterManifest): Html {
  const { base, prompt, lora, training } = manifest;
  return html`<details><summary>How the adapter was made</summary>${definitions([
    ['base model', html`<code>${base.id}</code>, ${base.architecture}, SHA-256 <code>${base.sha256}</code>`],
    ['tools in the prompt', 'tools' in prompt ? prompt.tools : undefined],
    ['LoRA', lora === undefined ? undefined : `rank ${lora.rank}, alpha ${lora.alpha}, on ${lora.targets.join(', ')}`],
    ...(training === undefined
      ? []
      : Object.entries(training)
          .filter(([name]) => name !== 'forgetting')
          .map(([name, value]): [string, HtmlValue] => [
            spaced(name),
            typeof value === 'object' ? html`<code>${JSON.stringify(value)}</code>` : String(value),
          ])),
    ['written by', manifest.createdBy],
  ])}</details>`;
}

/** `learningRate` as `learning rate`. */
function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
