import { describe, expect, it } from 'vitest';
import { type ConversationExample, parseDataset, promptAndTarget } from '../../dataset/index.js';
import { parseToolset } from '../../toolset/index.js';
import { type Teacher, type TeacherQuestion, teachRows } from '../index.js';
import { readTeacherAnswer } from './read-answer.js';

const toolset = parseToolset([
  {
    name: 'book_table',
    description: 'Book a table.',
    parameters: {
      type: 'object',
      properties: { place: { type: 'string' }, people: { type: 'integer', minimum: 1 } },
      required: ['place'],
      additionalProperties: false,
    },
  },
]);
const line = (request: string, values: object) => JSON.stringify({ request, arguments: values });
const isJudge = ({ system }: TeacherQuestion) => system.includes('check');

/** A teacher whose answers to the questions for requests come from a list, and who says yes unless a call names the Ritz. */
function scripted(answers: readonly string[]): { teacher: Teacher; asked: TeacherQuestion[] } {
  const asked: TeacherQuestion[] = [];
  let next = 0;
  const teacher: Teacher = {
    async ask(question) {
      asked.push(question);
      if (isJudge(question)) return question.user.includes('Ritz') ? 'No, it does not.' : 'Yes.';
      return answers[next++] ?? 'I have no more.';
    },
  };
  return { teacher, asked };
}
const saidIn = ({ messages }: ConversationExample) => messages[0]!.content;

describe('teachRows', () => {
  it('keeps what is right, and counts what is thrown away by its reason', async () => {
    const { teacher } = scripted([
      [
        '```json',
        line('a table at Luigi for 4 please', { place: 'Luigi', people: 4 }),
        line('book me a table at Chez Anne for two', { place: 'Chez Anne', people: 2 }),
        line('book me a table at Chez Anne for two!', { place: 'Chez Anne', people: 2 }),
        line('get us into Noma', { place: 'Noma', people: 3 }),
        line('a table at the Ritz', { place: 'Ritz' }),
        line('reserve at Bo', { restaurant: 'Bo' }),
        line('mail ann@gmail.com a table at Bo', { place: 'Bo' }),
        line('we are hungry for Tosca', { place: 'Tosca', people: 0 }),
        'and so on',
        '```',
      ].join('\n'),
    ]);
    const { rows, refused, stopped } = await teachRows({ toolset, teacher, count: 10 });
    expect(rows.map(saidIn)).toEqual(['a table at Luigi for 4 please', 'book me a table at Chez Anne for two']);
    expect(promptAndTarget(rows[1]!).target.toolCalls).toEqual([
      { name: 'book_table', arguments: { place: 'Chez Anne', people: 2 } },
    ]);
    expect(stopped).toBe('nothing-new');
    expect(refused).toMatchObject({
      ...{ 'near-duplicate': 1, ungrounded: 1, 'judged-wrong': 1, 'invalid-call': 2, 'personal-data': 1 },
    });
    expect(refused.unreadable).toBeGreaterThan(1);
  });

  it('writes no seed and no scenario again, and shows the seeds', async () => {
    const seeds = parseDataset(
      JSON.stringify({
        messages: [{ role: 'user', content: 'four seats at Luigi tonight' }],
        calls: [{ name: 'book_table', arguments: { place: 'Luigi', people: 4 } }],
      }),
      { toolset },
    ) as ConversationExample[];
    const { teacher, asked } = scripted([
      [
        line('Four seats at Luigi tonight.', { place: 'Luigi', people: 4 }),
        line('dinner for six at Da Mario on the pier', { place: 'Da Mario', people: 6 }),
        line('lunch at Bo', { place: 'Bo' }),
      ].join('\n'),
    ]);
    const heldOut = ['dinner for six at Da Mario on the pier please'];
    const { rows, refused } = await teachRows({ toolset, teacher, count: 3, seeds, heldOut });
    expect(rows.map(saidIn)).toEqual(['lunch at Bo']);
    expect(refused).toMatchObject({ 'near-duplicate': 1, 'held-out': 1 });
    expect(asked[0]!.user).toContain('four seats at Luigi tonight');
  });

  it('asks so many at once and no more, and gives the same rows however many that are', async () => {
    const answer = (number: number) =>
      [0, 1, 2, 3, 4]
        .map((place) =>
          line(`table ${number * 5 + place} ${'abcdefghij'[number % 10]} at Bar ${number}`, { place: `Bar ${number}` }),
        )
        .join('\n');
    const run = async (concurrency: number) => {
      let active = 0;
      let most = 0;
      const numbers = new Map<string, number>();
      const teacher: Teacher = {
        async ask(question) {
          most = Math.max(most, ++active);
          // Questions of requests differ; each has its answer, whenever it is asked.
          const number = numbers.get(question.user) ?? numbers.size;
          if (!isJudge(question)) numbers.set(question.user, number);
          await new Promise((resolve) => setTimeout(resolve, number % 3));
          active--;
          return isJudge(question) ? 'yes' : answer(number);
        },
      };
      const { rows } = await teachRows({ toolset, teacher, count: 12, concurrency });
      return { most, texts: rows.map(saidIn) };
    };
    const [one, four] = [await run(1), await run(4)];
    expect(one.most).toBe(1);
    expect(four.most).toBeGreaterThan(1);
    expect(four.most).toBeLessThanOrEqual(4);
    expect(four.texts).toEqual(one.texts);
    expect(one.texts.length).toBeGreaterThan(4);
  });

  it('stops where the teacher may not be asked any more, and where it is told to', async () => {
    const teacher: Teacher = { ask: async () => undefined };
    expect(await teachRows({ toolset, teacher, count: 3 })).toEqual({ rows: [], refused: {}, stopped: 'budget' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(teachRows({ toolset, teacher, count: 3, signal })).rejects.toThrow('enough');
  });
});

describe('readTeacherAnswer', () => {
  it('reads lines, lists, fences and numbers, and counts the rest', () => {
    const one = { request: 'a', arguments: { place: 'b' } };
    const text = JSON.stringify(one);
    for (const answer of [
      text,
      `[${text}]`,
      `{"requests":[${text}]}`,
      `1. ${text}`,
      `- ${text},`,
      `\`\`\`\n${text}\n\`\`\``,
    ]) {
      expect(readTeacherAnswer(answer)).toEqual({ written: [one], unreadable: 0 });
    }
    expect(readTeacherAnswer(`Sure!\n${text}\n{"request": 3}`)).toEqual({ written: [one], unreadable: 2 });
  });
});
