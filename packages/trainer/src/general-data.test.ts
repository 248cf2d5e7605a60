import { promptAndTarget, promptKey } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { readForgettingSet, readReplayRows } from './general-data.js';

const words = (text: string) => text.split(/\s+/).length;

describe('the general rows that come with the package', () => {
  it('answer in words and call no tool', async () => {
    const rows = await readReplayRows();
    expect(rows.length).toBeGreaterThan(200);
    for (const row of rows) {
      if (row.kind !== 'conversation') throw new Error('an intent row');
      const { content, toolCalls } = promptAndTarget(row).target;
      expect(toolCalls ?? []).toEqual([]);
      expect(content).not.toMatch(/tool_call|"arguments"/);
      expect(words(content!)).toBeLessThanOrEqual(100);
    }
  });

  it('ask nothing twice', async () => {
    const keys = (await readReplayRows()).map(promptKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('what forgetting is measured on', () => {
  it('shares no question and no answer with the rows that are learnt from', async () => {
    const rows = await readReplayRows();
    const { questions } = await readForgettingSet();
    expect(questions.length).toBeGreaterThanOrEqual(40);
    const asked = new Set(rows.map(promptKey));
    const answered = new Set(rows.map((row) => row.kind === 'conversation' && promptAndTarget(row).target.content));
    for (const question of questions) {
      expect(asked).not.toContain(promptKey(question));
      expect(answered).not.toContain(promptAndTarget(question).target.content);
    }
  });

  it('holds paragraphs of prose of 80 to 150 words', async () => {
    const { texts } = await readForgettingSet();
    expect(texts).toHaveLength(12);
    for (const text of texts) {
      expect(words(text)).toBeGreaterThanOrEqual(80);
      expect(words(text)).toBeLessThanOrEqual(150);
    }
  });
});
