import { fold, stemOf, wordsOf } from '../../checks/said-text.js';
import type { ConversationExample, Expectation } from '../../dataset/index.js';
import { TooltuneError } from '../../errors/index.js';
import { checkRules } from '../../evaluate/check-rules.js';
import { createRandom, type Random } from '../../random/index.js';
import type { StyleFile, StylePassage } from '../../schemas/index.js';
import { createRowGate, type Refused } from '../accept/row-gate.js';
import { chance, choose } from '../choose.js';
import { splitRows } from '../generate-dataset.js';
import { paraphrase } from '../language/paraphrase.js';
import { createAnswerWriter, ruleOf } from './compose-answer.js';
import { type PassageQuestion, questionsOf } from './passage-questions.js';

export interface GenerateStyleOptions {
  style: StyleFile;
  /** Rows in all; fewer are written where the passages' questions give no more. */
  count: number;
  seed?: number | string;
  /** Shares that are held out of training. Default 0.1 each. */
  validationFraction?: number | undefined;
  testFraction?: number | undefined;
}

export interface GeneratedStyle {
  train: ConversationExample[];
  validation: ConversationExample[];
  test: ConversationExample[];
  /** Drafts that were thrown away, by reason; `rule` is an answer that did not keep the style. */
  refused: Partial<Record<Refused | 'rule', number>>;
}

/** Drafts in a row that bring nothing new before the passages count as said. */
const patience = 400;
const usualUnanswerable = "The passages that I have do not say that, so I can't tell.";

/**
 * Writes conversations whose answers keep a style: sentences of the user's own passages in a strict form, in a brand's voice,
 * or with the passage that they are from in brackets. Nothing is said that the passages do not say. Every answer is held to its
 * rule, which the row keeps as `expect`. The same options give the same rows.
 * @throws TooltuneError `generate/bad-option`, `generate/bad-style` where no answer can be written that keeps the rule
 */
export function generateStyle(options: GenerateStyleOptions): GeneratedStyle {
  const { style, count, seed = 1 } = options;
  if (!Number.isInteger(count) || count < 1)
    throw new TooltuneError('generate/bad-option', `count must be a whole number above 0, it is ${count}`);
  checkStyle(style);
  const random = createRandom(seed).fork('style');
  const gate = createRowGate({});
  const asked = style.passages.flatMap((passage) => questionsOf(passage).map((question) => ({ passage, question })));
  const draw = createRowWriter(style);
  const rows: ConversationExample[] = [];
  const refused: GeneratedStyle['refused'] = {};
  const countRefused = (reason: Refused | 'rule') => {
    refused[reason] = (refused[reason] ?? 0) + 1;
  };
  let broken: string | undefined;
  for (let failed = 0; rows.length < count && failed < patience; ) {
    // Each question as it was given first, then in other words.
    const isGiven = rows.length < asked.length && failed === 0;
    const { passage, question } = isGiven ? asked[rows.length]! : choose(random, asked);
    const row = draw(random, passage, question, isGiven);
    const problem = brokenRule(row);
    const reason = problem === undefined ? gate.add(row) : 'rule';
    broken = problem ?? broken;
    if (reason === undefined) {
      rows.push({ ...row, location: { file: 'generated', line: rows.length + 1 } });
      failed = 0;
    } else {
      countRefused(reason);
      failed++;
    }
  }
  if (rows.length === 0) {
    const message = `no answer keeps the style: ${broken ?? 'the passages give no question'}; change the form, or the passages`;
    throw new TooltuneError('generate/bad-style', message);
  }
  return { ...splitRows(random.shuffle(rows), options), refused };
}

function checkStyle(style: StyleFile): void {
  for (const name of ['pattern', 'notPattern'] as const) {
    const source = style.format?.[name];
    if (source === undefined) continue;
    try {
      new RegExp(source, `u${style.format?.flags ?? ''}`);
    } catch (cause) {
      const message = `format.${name} is no regular expression: ${cause instanceof Error ? cause.message : cause}`;
      throw new TooltuneError('generate/bad-style', message, { cause });
    }
  }
  if (style.citations !== undefined && style.passages.length < 2) {
    throw new TooltuneError('generate/bad-style', 'citations need two passages or more, to choose the right one from');
  }
}

/** Why an answer does not keep its row's rule; undefined where it does. */
function brokenRule({ expect, messages }: ConversationExample): string | undefined {
  const answer = messages.at(-1)!;
  return checkRules(expect ?? {}, { calls: [], content: answer.content ?? '', malformed: false }).find(
    ({ kept }) => !kept,
  )?.reason;
}

type RowWriter = (
  random: Random,
  passage: StylePassage,
  question: PassageQuestion,
  isGiven: boolean,
) => ConversationExample;

function createRowWriter(style: StyleFile): RowWriter {
  const { system, citations, passages } = style;
  const write = createAnswerWriter(style);
  const { unanswerableShare = 0.1, unanswerable = usualUnanswerable, passages: shown = 3 } = citations ?? {};
  const row = (
    context: string,
    request: string,
    answer: string,
    expect: Expectation,
    tags: string[],
  ): ConversationExample => ({
    kind: 'conversation',
    messages: [
      ...(context === '' ? [] : [{ role: 'system' as const, content: context }]),
      { role: 'user', content: request },
      { role: 'assistant', content: answer },
    ],
    ...(Object.keys(expect).length === 0 ? {} : { expect }),
    tags,
    location: { file: 'generated' },
  });
  return (random, passage, { question, answer }, isGiven) => {
    const request = isGiven ? question : paraphrase(random, question);
    const parts = { question: request, answer, title: passage.title, text: passage.text };
    if (citations === undefined) {
      return row(system ?? '', request, write(random, { ...parts, source: passage.title }), ruleOf(style, undefined), [
        'style',
      ]);
    }
    const others = random.shuffle(passages.filter((one) => one !== passage));
    const unanswered = !isGiven && chance(random, unanswerableShare);
    const foreign = others.filter((one) => !speaksOf(one, question));
    if (unanswered && foreign.length > 0) {
      const context = [system, listPassages(foreign.slice(0, shown))].filter(Boolean).join('\n\n');
      const said = write(random, { ...parts, answer: unanswerable, source: '' });
      return row(context, request, said, ruleOf(style, undefined), ['style', 'no-source']);
    }
    const inView = random.shuffle([passage, ...others.slice(0, shown - 1)]);
    const source = String(inView.indexOf(passage) + 1);
    const context = [system, listPassages(inView)].filter(Boolean).join('\n\n');
    return row(context, request, write(random, { ...parts, source }), ruleOf(style, source), ['style', 'citation']);
  };
}

const listPassages = (passages: readonly StylePassage[]) =>
  passages.map(({ title, text }, index) => `[${index + 1}] ${title}: ${text}`).join('\n');

/** Whether a passage might answer, by a word that both have. */
function speaksOf({ title, text }: StylePassage, question: string): boolean {
  const stems = new Set(
    wordsOf(fold(`${title} ${text}`))
      .filter((word) => word.length > 3)
      .map(stemOf),
  );
  return wordsOf(fold(question))
    .filter((word) => word.length > 3)
    .some((word) => stems.has(stemOf(word)));
}
