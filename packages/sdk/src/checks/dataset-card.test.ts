import { describe, expect, it } from 'vitest';
import { parseDataset } from '../dataset/index.js';
import { parseToolset } from '../toolset/index.js';
import { checkDataset, datasetCard } from './index.js';

const toolset = parseToolset([
  {
    name: 'send_mail',
    parameters: { type: 'object', properties: { to: { type: 'string' }, urgency: { enum: ['low', 'high', 'never'] } } },
  },
  { name: 'idle' },
]);
const row = (content: string, to: string, urgency: string) => ({
  messages: [{ role: 'user', content }],
  calls: [{ name: 'send_mail', arguments: { to, urgency } }],
});
const rows = [
  row('mail bob@mail.org at high urgency', 'bob@mail.org', 'high'),
  row('mail <b>Ann</b> & "Jo" at low urgency', '<b>Ann</b> & "Jo"', 'low'),
  row('mail | pipe *star* at low urgency', '| pipe *star*', 'low'),
];
const files = (extra: object[] = []) => [
  {
    file: 'train.jsonl',
    examples: parseDataset([...rows, ...extra].map((one) => JSON.stringify(one)).join('\n'), { toolset }),
  },
];
const card = (title = 'Mails <1>', extra: object[] = []) =>
  datasetCard(checkDataset(files(extra), { toolset }), { title, description: 'Words & more.' });

describe('datasetCard', () => {
  it('tells what the data set holds, in both forms', () => {
    const { markdown, html } = card();
    expect(markdown).toMatch(
      /^---\ntask_categories:\n {2}- text-generation\n[\s\S]*\nsize_categories:\n {2}- n<1K\n---\n/,
    );
    expect(markdown).toContain('# Mails \\<1\\>\n\nWords & more.\n');
    expect(markdown).toMatch(/\| send\\_mail \| 3 \| █{20} \|/);
    expect(markdown).toMatch(/\| idle \| 0 \| {2}\|/);
    expect(markdown).toMatch(/\| never \| 0 \| {2}\|/);
    expect(markdown).toContain('| tool-unused | warning | 1 |');
    for (const heading of [
      'What it holds',
      'send_mail',
      'Where values come from',
      'Lengths',
      'Repetitions',
      'Personal data',
    ]) {
      expect(html).toContain(`<h2>${heading}</h2>`);
    }
    expect(html).toContain('aria-label="low: 2"');
  });

  it('names personal data among the values and does not show it', () => {
    const { markdown, html } = card();
    for (const text of [markdown, html]) {
      expect(text).not.toContain('bob@mail.org');
      expect(text).toContain('(an email address)');
    }
  });

  it('shows values as text, whatever they hold', () => {
    const { markdown, html } = card();
    expect(html).toContain('&lt;b&gt;Ann&lt;/b&gt; &amp; &quot;Jo&quot;');
    expect(html).not.toContain('<b>');
    expect(markdown).toContain('\\| pipe \\*star\\*');
  });

  it('needs nothing from elsewhere and runs nothing', () => {
    const { html } = card();
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(|https?:|\son\w+=/i);
    expect(html.match(/<svg /g)!.length).toBeGreaterThan(10);
  });

  it('has balanced tags', () => {
    const { html } = card();
    const open: string[] = [];
    for (const [, closing, name, self] of html.matchAll(/<(\/?)([a-z]\w*)[^>]*?(\/?)>/g)) {
      if (self === '/' || name === 'meta') continue;
      if (closing === '') open.push(name!);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('is the same for the same check', () => {
    expect(card()).toEqual(card());
  });

  it('is of intents where the rows are', () => {
    const examples = parseDataset('{"text":"where is my card","intent":"card"}\n{"text":"hello","intent":null}');
    const { markdown } = datasetCard(checkDataset([{ file: 'intents.jsonl', examples }]));
    expect(markdown).toContain('- text-classification');
    expect(markdown).toContain('| out of scope | 1 |');
    expect(markdown).toContain('## Intents');
  });
});
