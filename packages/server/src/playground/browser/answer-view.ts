import type { Answer, AnswerCall } from './answer.js';
import { element } from './dom.js';
import { count, formatMilliseconds } from './format-number.js';
import { indentJson } from './indent-json.js';
import type { TokenPopover } from './token-popover.js';
import { TokenStrip } from './token-strip.js';

/** How far an answer is; `stopped` by the user, `failed` by what `problem` says. */
export type AnswerProgress = 'writing' | 'done' | 'stopped' | 'failed';

/** An answer on the page: its tokens, beside them what they mean, below them the numbers. */
export class AnswerView {
  readonly element: HTMLElement;
  readonly #answer: Answer;
  readonly #strip: TokenStrip;
  readonly #results = element('div', { class: 'results' });
  readonly #figures = element('dl', { class: 'figures' });

  constructor(answer: Answer, popover: TokenPopover) {
    this.#answer = answer;
    this.#strip = new TokenStrip(popover);
    this.element = element(
      'div',
      { class: 'answer' },
      element(
        'div',
        { class: 'answer-body' },
        element('div', {}, element('h3', {}, 'Tokens'), this.#strip.element),
        element('div', {}, element('h3', {}, 'Answer'), this.#results),
      ),
      this.#figures,
    );
  }

  update(progress: AnswerProgress, problem?: string): void {
    this.#strip.update(this.#answer.tokens);
    this.#strip.element.classList.toggle('is-writing', progress === 'writing');
    this.#results.replaceChildren(...this.#resultsOf(progress, problem));
    this.#figures.replaceChildren(...this.#figuresOf());
  }

  *#resultsOf(progress: AnswerProgress, problem: string | undefined): Generator<HTMLElement> {
    const { text, calls, finishReason } = this.#answer;
    if (text !== '') yield element('p', { class: 'said' }, text);
    for (const call of calls) yield callElement(call, progress);
    if (problem !== undefined) yield element('p', { class: 'problem' }, problem);
    const note = (words: string) => element('p', { class: 'aside-note' }, words);
    if (progress === 'writing' && text === '' && calls.length === 0) yield note('Waiting for the model…');
    if (progress === 'done' && text === '' && calls.length === 0) yield note('The model said nothing.');
    if (finishReason === 'length') yield note('Cut off: the tokens that it may have were used up.');
    if (progress === 'stopped') yield note('Stopped. This turn is no part of the conversation.');
    if (progress === 'failed') yield note('This turn is no part of the conversation.');
  }

  #figuresOf(): HTMLElement[] {
    const { tokens, forcedTokens, usage, timings } = this.#answer;
    const ms = (value: number | null | undefined) => (value == null ? undefined : formatMilliseconds(value));
    const figures: [string, string | number | undefined][] = [
      ['First token', ms(timings?.first_token_ms)],
      ['Total', ms(timings?.total_ms)],
      ['Tokens', usage?.completion_tokens ?? tokens.length],
      ['Forced', usage?.completion_tokens_details?.forced_tokens ?? forcedTokens],
      ['Prompt tokens', usage?.prompt_tokens],
      ['Cached', usage?.prompt_tokens_details?.cached_tokens],
    ];
    return figures.map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, value === undefined ? '–' : String(value))),
    );
  }
}

function callElement({ name, arguments: json, isComplete }: AnswerCall, progress: AnswerProgress): HTMLElement {
  const state = isComplete ? '✓ complete' : progress === 'writing' ? 'writing…' : 'not whole';
  return element(
    'div',
    { class: `call${isComplete ? ' is-complete' : ''}` },
    element('div', { class: 'call-head' }, element('code', {}, name), element('span', { class: 'call-state' }, state)),
    element('pre', { class: 'code' }, indentJson(json)),
  );
}

/** An answer in a few words, for those who do not see it. */
export function summaryOf({ calls, tokens, text }: Answer): string {
  const called = calls.filter(({ isComplete }) => isComplete).map(({ name }) => name);
  const what = called.length > 0 ? `${count(called.length, 'call')}: ${called.join(', ')}` : text;
  return `Done, ${count(tokens.length, 'token')}. ${what}`;
}
