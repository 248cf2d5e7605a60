import { describe, expect, it } from 'vitest';
import { checkDataset } from '../../checks/index.js';
import { type ConversationExample, formatDataset, parseDataset } from '../../dataset/index.js';
import { checkRules, citationsIn } from '../../evaluate/check-rules.js';
import type { StyleFile } from '../../schemas/index.js';
import { generateStyle } from '../index.js';

const passages: StyleFile['passages'] = [
  {
    title: 'Refunds',
    text: 'Refunds are paid within 14 days. Gift cards cannot be refunded.',
    questions: [
      'how many days does a refund take',
      { question: 'is a gift card refunded', answer: 'Gift cards cannot be refunded.' },
    ],
  },
  { title: 'Shipping', text: 'Orders are shipped on the next day. Parcels to islands take two days longer.' },
  { title: 'Opening hours', text: 'The shop is open from Monday to Saturday. The phone line is closed on Sundays.' },
  { title: 'Warranty', text: 'The warranty is two years. You must keep the receipt.' },
];
const everyRow = ({ train, validation, test }: ReturnType<typeof generateStyle>) => [...train, ...validation, ...test];
const answerOf = ({ messages }: ConversationExample) => messages.at(-1)!.content!;
const keeps = (row: ConversationExample) =>
  checkRules(row.expect ?? {}, { calls: [], content: answerOf(row), malformed: false }).every(({ kept }) => kept);

describe('generateStyle', () => {
  it('cites the passage that an answer is from, by its number in the context, and none where none answers', () => {
    const rows = everyRow(generateStyle({ style: { passages, citations: { passages: 2 } }, count: 150 }));
    expect(rows).toHaveLength(150);
    const unanswered = rows.filter(({ tags }) => tags!.includes('no-source'));
    expect(unanswered.length).toBeGreaterThan(3);
    for (const row of rows) {
      const context = row.messages[0]!.content!;
      const cited = citationsIn(answerOf(row));
      expect(keeps(row)).toBe(true);
      if (row.tags!.includes('no-source')) {
        expect(cited).toEqual([]);
        continue;
      }
      const [, text] = new RegExp(`^\\[${cited[0]}\\] [^:]+: (.*)$`, 'm').exec(context)!;
      expect(row.expect!.citations).toEqual(cited);
      expect(text).toContain(answerOf(row).replace(/ \[\d\]/, ''));
    }
    expect(new Set(rows.map(({ expect: rule }) => rule?.citations?.[0]))).toEqual(new Set(['1', '2', undefined]));
  });

  it('speaks with a voice, and throws answers away that hold what it avoids', () => {
    const voice = { openings: ['Sure!', 'Happy to help:'], closings: ['Anything else?'], avoid: ['islands'] };
    const rows = everyRow(generateStyle({ style: { system: 'You are Kim.', voice, passages }, count: 100 }));
    for (const row of rows) {
      expect(row.messages[0]).toEqual({ role: 'system', content: 'You are Kim.' });
      expect(answerOf(row)).toMatch(/^(Sure!|Happy to help:) .* Anything else\?$/);
      expect(answerOf(row)).not.toMatch(/islands/i);
      expect(keeps(row)).toBe(true);
      expect(keeps({ ...row, messages: [{ role: 'assistant', content: 'ISLANDS' }] })).toBe(false);
    }
    const { refused } = generateStyle({ style: { voice, passages }, count: 100 });
    expect(refused.rule).toBeGreaterThan(0);
  });

  it('writes a strict form: JSON that is valid for its schema, text that matches', () => {
    const jsonSchema = {
      type: 'object',
      properties: { topic: { enum: passages.map(({ title }) => title) }, answer: { type: 'string', maxLength: 45 } },
      required: ['topic', 'answer'],
    };
    const style = { passages, format: { answer: { topic: '{title}', answer: '{answer}' }, jsonSchema } };
    for (const row of everyRow(generateStyle({ style, count: 60 }))) {
      expect(JSON.parse(answerOf(row)).answer.length).toBeLessThanOrEqual(45);
    }
    const format = { answer: 'A: {answer}\nSource: {title}', pattern: '^A: .+\\nSource: \\w+' };
    for (const row of everyRow(generateStyle({ style: { passages, format }, count: 60 }))) {
      expect(answerOf(row)).toMatch(/^A: .+\nSource: (Refunds|Shipping|Opening hours|Warranty)$/);
    }
  });

  it('gives rows that can be read back, that a check finds nothing wrong with, and the same for the same seed', () => {
    const style: StyleFile = { passages, citations: {} };
    const { train, validation, test } = generateStyle({ style, count: 120 });
    const files = Object.entries({ train, validation, test }).map(([file, examples]) => {
      return { file, examples: parseDataset(formatDataset(examples), { file }) };
    });
    expect(checkDataset(files).findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    const bytes = (seed: number) => formatDataset(everyRow(generateStyle({ style, count: 80, seed })));
    expect(bytes(4)).toBe(bytes(4));
    expect(bytes(4)).not.toBe(bytes(5));
  });

  it('refuses a form that no answer keeps', () => {
    for (const style of [
      { passages, format: { pattern: '^yes$' } },
      { passages, format: { pattern: '(' } },
      { passages, format: { jsonSchema: { type: 'object' } } },
      { passages: passages.slice(0, 1), citations: {} },
    ]) {
      expect(() => generateStyle({ style, count: 10 })).toThrow(
        expect.objectContaining({ code: 'generate/bad-style' }),
      );
    }
  });
});
