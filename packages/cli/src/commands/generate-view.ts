import { formatCost, type GenerateOptions, parts, type WrittenDataSet } from '../generation/index.js';
import { quoteArgument } from '../quote-argument.js';
import { formatCount, formatTable, printJson, printLine, printNotice, type Terminal } from '../terminal/index.js';
import type { GeneratedDetails } from './generate.js';

/** Tells what was written, and what to do next. */
export function printGenerated(
  terminal: Terminal,
  options: GenerateOptions,
  written: WrittenDataSet,
  details: GeneratedDetails,
): void {
  if (options.json) {
    const files = parts.map((part) => ({ file: written.files.rows[part], rows: written.rows[part] }));
    printJson(terminal, {
      ...{ seed: options.seed, files, card: Object.values(written.files.card), findings: written.findings },
      ...jsonDetails(details),
    });
    return;
  }
  for (const part of parts) {
    printLine(terminal, `${written.files.rows[part]}: ${formatCount(written.rows[part], 'row')}`);
  }
  printLine(terminal, `${written.files.card.html}: its card, and as Markdown ${written.files.card.markdown}`);
  printDetails(terminal, details);
  const rows = Object.values(written.rows).reduce((sum, count) => sum + count, 0);
  if (rows < options.count) {
    printNotice(terminal, `\n${formatCount(rows, 'row')} and no more: give more texts, questions or passages`);
  }
  printFindings(terminal, written);
  printNext(terminal, options, written, details);
}

function jsonDetails(details: GeneratedDetails): object {
  if (details.source !== 'tools') {
    const { source: _, ...others } = details;
    return others;
  }
  const { toolset, dataset, taught } = details;
  return {
    ...{ toolset: toolset.fingerprint, kinds: dataset.kinds, scenarios: dataset.targeted, masked: dataset.masked },
    ...(taught === undefined
      ? {}
      : { teacher: { rows: taught.rows.length, refused: taught.refused, stopped: taught.stopped, ...taught.usage } }),
  };
}

function printDetails(terminal: Terminal, details: GeneratedDetails): void {
  const table = (title: string, counts: Record<string, number>) => {
    const entries = Object.entries(counts).map(([name, count]): [string, string] => [name, String(count)]);
    if (entries.length === 0) return;
    printLine(terminal, `\n${formatTable([{ title }, { title: 'rows', align: 'right' }], entries)}`);
  };
  if (details.source === 'intents') {
    table('intent', named(details.intents));
    const short = Object.keys(named(details.short));
    if (short.length > 0) printNotice(terminal, `\nfewer rows than their share, give more texts: ${short.join(', ')}`);
    return;
  }
  if (details.source === 'style') {
    table('thrown away for', details.refused);
    return;
  }
  const { dataset, taught } = details;
  table('kind', dataset.kinds);
  table('scenario', dataset.targeted);
  if (dataset.masked > 0)
    printLine(terminal, `\n${formatCount(dataset.masked, 'row')} to train on with invented names`);
  if (taught === undefined) return;
  const { asked, cached, promptTokens, completionTokens, cost } = taught.usage;
  const spent = cost > 0 ? `, ${formatCost(cost)}` : '';
  printLine(
    terminal,
    `\nteacher: ${formatCount(taught.rows.length, 'row')}; ${formatCount(asked, 'question')} asked, ${cached} kept from before, ${promptTokens} tokens read, ${completionTokens} written${spent}`,
  );
  table("teacher's, thrown away for", taught.refused);
  if (taught.stopped === 'budget') printNotice(terminal, 'the budget is spent; the other rows are composed');
  if (taught.stopped === 'nothing-new') {
    printNotice(terminal, 'what the teacher writes is thrown away again and again; the other rows are composed');
  }
}

const named = (counts: Record<string, number>) =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name === '' ? '(out of scope)' : name, count]));

function printFindings(terminal: Terminal, { findings }: WrittenDataSet): void {
  if (findings.length === 0) {
    printLine(terminal, '\nchecked: no errors, no warnings');
    return;
  }
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  printLine(
    terminal,
    `\nchecked: ${formatCount(findings.length, 'finding')} (${rules.join(', ')}); the card tells of them`,
  );
}

function printNext(
  terminal: Terminal,
  options: GenerateOptions,
  { files, rows }: WrittenDataSet,
  details: GeneratedDetails,
): void {
  const data = `--data ${quoteArgument(files.rows.train)}`;
  const validation = rows.validation === 0 ? '' : ` --validation ${quoteArgument(files.rows.validation)}`;
  const rest = `${validation} --base smollm2-135m --out my-adapter`;
  printLine(terminal, '\nNext:');
  if (details.source !== 'tools') {
    const task = details.source === 'intents' ? '--intents' : '--tools tools.json';
    printLine(terminal, `  tooltune train ${task} ${data}${rest}`);
    return;
  }
  const tools = `--tools ${quoteArgument(options.tools!)}`;
  // Invented names mean something only where the prompt shows them.
  const prompt = details.dataset.masked > 0 ? ' --prompt names' : '';
  printLine(terminal, `  tooltune check ${tools} ${data}`);
  printLine(terminal, `  tooltune train ${tools} ${data}${prompt}${rest}`);
}
