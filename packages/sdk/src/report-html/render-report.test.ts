import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDataset } from '../dataset/index.js';
import {
  createEvaluationReport,
  evaluateScenarios,
  evaluateToolCaller,
  reportScenarios,
  type ToolCaller,
} from '../evaluate/index.js';
import { parseScenarios } from '../scenarios/index.js';
import type { AdapterManifest, EvaluationReport, IntentEvaluationReport } from '../schemas/index.js';
import type { ToolCall } from '../toolset/index.js';
import { escapeHtml, html } from './html.js';
import { renderEvaluationReport, renderIntentReport } from './index.js';

const light = (room: string): ToolCall => ({ name: 'light', arguments: { room } });
const rows = Array.from({ length: 40 }, (_, index) => ({
  messages: [{ role: 'user', content: `request ${index}` }],
  calls: index < 30 ? [light(index % 2 === 0 ? 'kitchen' : 'attic')] : [],
  tags: [index % 2 === 0 ? 'even' : 'odd'],
}));
const examples = parseDataset(rows.map((row) => JSON.stringify(row)).join('\n'), { file: 'rows.jsonl' });
const caller = (answer: (index: number) => ToolCall[]): ToolCaller => ({
  call: async (messages) => ({
    ...{ calls: answer(Number(messages.at(-1)!.content!.slice(8))), content: '', malformed: false },
    ...{ promptTokens: 1477, completionTokens: 9, timeToFirstTokenMs: 90, durationMs: 743 },
  }),
});
const base = caller(() => [light('kitchen')]);
const adapter = caller((index) => (index === 0 ? [light('cellar')] : (rows[index]?.calls ?? [])));
const scenarios = parseScenarios(
  [
    { name: 'attic', capability: 'rooms', why: 'quality', request: 'request 1', expect: { calls: [light('attic')] } },
    {
      name: 'kitchen',
      capability: 'rooms',
      why: 'safety',
      request: 'request 0',
      expect: { calls: [light('kitchen')] },
    },
  ]
    .map((one) => JSON.stringify(one))
    .join('\n'),
);

async function reportOf(candidate: ToolCaller, baseline?: ToolCaller): Promise<EvaluationReport> {
  const callers = [
    ...(baseline === undefined ? [] : [{ name: 'base + constraint', caller: baseline }]),
    { name: 'adapter', caller: candidate },
  ];
  const results = [];
  const answers = [];
  for (const { name, caller: one } of callers) {
    results.push({ name, result: await evaluateToolCaller({ caller: one, examples }) });
    answers.push(await evaluateScenarios({ caller: one, scenarios, configuration: name }));
  }
  return createEvaluationReport({
    ...{ createdBy: 'test', dataset: { file: 'rows.jsonl', sha256: '0'.repeat(64) }, results },
    ...{ toolset: { fingerprint: 'f'.repeat(64) }, scenarios: reportScenarios(scenarios, answers) },
  });
}

/** What a reader sees: tags out, entities in. */
const words = (page: string) =>
  page
    .replace(/<style>[\s\S]*<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

const manifest = {
  formatVersion: 1,
  createdBy: 'test',
  base: { id: 'smollm2-135m', sha256: 'a'.repeat(64), architecture: 'llama' },
  prompt: { tools: 'none', callFormat: 'json-in-tags', system: null },
  training: {
    learningRate: 0.002,
    forgetting: { text: { before: 3, after: 3.3 }, questions: { before: 2, after: 1 } },
  },
} as unknown as AdapterManifest;
const runLog = [
  { type: 'start', steps: 4 },
  ...[3, 1.5, 0.3, 0.05].map((loss, index) => ({ type: 'step', step: index + 1, steps: 4, loss })),
  { type: 'epoch', epoch: 1, epochs: 2, validation: { loss: 1, exact: 0.25 } },
  { type: 'epoch', epoch: 2, epochs: 2, validation: { loss: 0.1, exact: 0.75 } },
]
  .map((event) => JSON.stringify(event))
  .join('\n');

describe('renderEvaluationReport', () => {
  let report: EvaluationReport;
  let page: string;
  beforeAll(async () => {
    report = await reportOf(adapter, base);
    page = renderEvaluationReport(report, { title: 'my adapter', manifest, runLog });
  });

  it('says in words what came out', () => {
    const text = words(page);
    expect(text).toContain(
      'The adapter beats prompting its base model: 97.5% of 40 rows right, 37.5% with “base + constraint” (+60.0 points',
    );
    expect(text).toMatch(/95% interval \+\d+\.\d to \+\d+\.\d, p < 0\.001\)/);
    expect(text).toContain('Worse anywhere? No: for no tool and no tag');
    expect(text).toContain('None of 40 rows (95% interval up to');
    expect(text).toContain(
      '1 of 2 pass, 1 with “base + constraint”; no longer: kitchen; for safety, not passed: kitchen',
    );
    expect(text).toContain('Loss on general text +10.0%, on answers to general questions −50.0%');
    expect(text).toContain('40 rows were asked of both: small differences cannot be seen');
  });

  it('shows tables, matrix, curve, scenarios and failures', () => {
    for (const heading of [
      ...['Configurations', 'Which tool was called, adapter', 'Arguments', 'Turns, rules and tags', 'Scenarios'],
      ...['Worst failures', 'Learning curve', 'What was forgotten', 'Data and settings'],
    ]) {
      expect(page).toContain(`<h2>${heading}</h2>`);
    }
    expect(words(page)).toContain('wrong: "cellar"');
    expect(page.match(/<circle /g)).toHaveLength(4);
    expect(page).toContain('validation loss 1.000 at first, 0.100 at the end');
    expect(words(page)).toContain('learning rate 0.002');
  });

  it('asks nothing of the network, runs nothing, and is well-formed', () => {
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'`);
    const open: string[] = [];
    for (const [, closing, name, selfClosing] of page.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
      if (['meta', 'line', 'circle', 'polyline'].includes(name!) && closing === '') continue;
      if (closing === '/') expect(open.pop()).toBe(name);
      else if (selfClosing === '') open.push(name!);
    }
    expect(open).toEqual([]);
  });

  it.each([
    ['nothing to compare with', () => reportOf(adapter), 'whether it beats prompting is not known'],
    ['no difference', () => reportOf(adapter, adapter), 'do not differ beyond chance'],
    ['a worse adapter', () => reportOf(base, adapter), 'The adapter is worse than prompting its base model: 37.5%'],
    ['a slice that is worse', () => reportOf(base, adapter), 'Worse anywhere? Yes, than “base + constraint”: light'],
  ])('tells %s', async (_, make, text) => expect(words(renderEvaluationReport(await make()))).toContain(text));

  it('shows a report of an earlier version as far as it goes', () => {
    const { comparisons: _, sideBySide: __, scenarios: ___, scoring: ____, ...old } = report;
    const configurations = old.configurations.map(({ metrics, ...configuration }) => {
      const {
        rowAccuracy,
        wrongToolRate,
        intervals,
        tools,
        arguments: named,
        toolConfusions,
        tags,
        ...first
      } = metrics;
      return { ...configuration, metrics: first };
    });
    const text = words(renderEvaluationReport({ ...old, configurations }));
    expect(text).toContain('Adapter is right in 97.5% of 40 rows');
    expect(text).toContain('Worst failures 1 row of the 1');
  });

  it('lets no text of a report become a part of the page', async () => {
    const hostile = "\"><script>alert(1)</script><img src=x onerror='alert(1)'>`</style>\u0000\ud800&lt;";
    const poison = (value: unknown): unknown => {
      if (typeof value === 'string') return hostile;
      if (Array.isArray(value)) return value.map(poison);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, poison(inside)]));
    };
    const poisoned = poison(report) as EvaluationReport;
    const named = {
      ...poisoned,
      comparisons: poisoned.comparisons?.map((one) => ({ ...one, baseline: `base ${hostile}` })),
    };
    for (const one of [poisoned, named as EvaluationReport]) {
      const result = renderEvaluationReport(one, {
        title: hostile,
        manifest: poison(manifest) as AdapterManifest,
        runLog: hostile,
      });
      expect(result).toContain('&lt;script&gt;');
      expect(result).not.toMatch(/<script|<img/);
      for (const part of ['\u0000', '\ud800']) expect(result).not.toContain(part);
      expect(result.match(/<\/style>/g)).toHaveLength(1);
      for (const [tag] of result.matchAll(/<[a-z][^>]*>/g)) {
        expect(tag.replaceAll(/"[^"]*"/g, '')).not.toMatch(/onerror|alert/);
      }
    }
  });
});

describe('html', () => {
  it('escapes what it is given, text in attributes too, but for Html', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(html`<p title="${'"&\''}">${[inner, null, 1]}</p>`.toString()).toBe(
      '<p title="&quot;&amp;&#39;"><b>&lt;i&gt;</b>1</p>',
    );
  });

  it('leaves nothing of any text that could open a tag or end an attribute, and loses no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"'`]/);
        const back = escaped.replace(/&(amp|lt|gt|quot|#39|#96);/g, (_, name) => {
          return ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' } as Record<string, string>)[name]!;
        });
        expect(back.replaceAll('\ufffd', '')).toBe(
          text.replace(/[\p{Cc}\ufffe\uffff\ufffd]/gu, (c) => (/[\t\n\r]/.test(c) ? c : '')),
        );
      }),
    );
  });
});

describe('renderIntentReport', () => {
  it('tells figures, confusions, calibration and failures, escaped', () => {
    const rate = (count: number, total: number) => ({ count, total, rate: count / total, low: 0.5, high: 0.9 });
    const report: IntentEvaluationReport = {
      ...{ formatVersion: 1, createdBy: 'test', task: 'intents', labels: 2, failureCount: 1 },
      dataset: { file: 'rows.jsonl', sha256: '0'.repeat(64), rows: 10 },
      calibration: { temperature: 1.2, rows: 5, threshold: { score: 'probability', value: 0.4 } },
      metrics: {
        ...{ rows: 10, accuracy: rate(9, 10), inScopeAccuracy: rate(7, 8) },
        ...{ outOfScopeRecall: rate(2, 2), outOfScopePrecision: rate(2, 2) },
        macroF1: { value: 0.9, low: 0.8, high: 1 },
        expectedCalibrationError: { value: 0.05, low: 0.02, high: 0.1 },
        ...{ latencyMs: { p50: 48, p95: 60 }, meanPromptTokens: 30 },
        intents: [
          { intent: 'a', wanted: 4, got: 5, right: 4, precision: 0.8, recall: 1, f1: 8 / 9 },
          { intent: '<b>', wanted: 4, got: 1, right: 1, precision: 1, recall: 0.25, f1: 0.4 },
          { intent: null, wanted: 2, got: 2, right: 2, precision: 1, recall: 1, f1: 1 },
        ],
        calibrationBins: [{ rows: 8, probability: 0.9, right: 0.85 }],
      },
      confusions: [{ expected: '<b>', got: 'a', count: 1 }],
      failures: [{ file: 'rows.jsonl', line: 3, text: '<script>', expected: '<b>', got: 'a', probability: 0.8 }],
    };
    const page = renderIntentReport(report, { title: 'intents' });
    const text = words(page);
    expect(text).toContain('The right intent for 90.0% of 10 texts');
    expect(text).toContain('It abstains from 2 of 2 texts that are out of scope');
    expect(text).toContain('Found in less than half of their texts: <b> (1 of 4)');
    expect(page).toContain('<h2>What was taken for what</h2>');
    expect(page.match(/class="wrong"/g)).toHaveLength(1);
    expect(page).toContain('class="diagonal"');
    expect(page).not.toMatch(/<script|<b>\s\(/);
  });
});
