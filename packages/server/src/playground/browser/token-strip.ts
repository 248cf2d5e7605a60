import type { AnswerToken } from './answer.js';
import { element, withShare } from './dom.js';
import { certaintyOf, formatProbability } from './probability.js';
import type { TokenPopover } from './token-popover.js';

/** The tokens of an answer. One of them takes part in the order of Tab; arrow keys walk through all. */
export class TokenStrip {
  readonly element = element('div', { class: 'tokens', role: 'group', 'aria-label': 'Tokens of the answer' });
  readonly #popover: TokenPopover;
  readonly #tokens: HTMLElement[] = [];
  #current = 0;

  constructor(popover: TokenPopover) {
    this.#popover = popover;
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** Adds tokens that are not there yet. */
  update(tokens: readonly AnswerToken[]): void {
    for (const token of tokens.slice(this.#tokens.length)) {
      const made = tokenElement(token);
      made.tabIndex = this.#tokens.length === this.#current ? 0 : -1;
      const index = this.#tokens.push(made) - 1;
      made.addEventListener('focus', () => this.#moveTo(index));
      this.#popover.attach(made, token);
      this.element.append(made);
    }
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.#tokens.length - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: this.#current + 1,
      ArrowLeft: this.#current - 1,
      ArrowDown: this.#beside(1),
      ArrowUp: this.#beside(-1),
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#tokens[Math.min(last, Math.max(0, next))]?.focus();
  }

  /** The token nearest to the current one in the line above or below. */
  #beside(direction: 1 | -1): number {
    const from = this.#tokens[this.#current]?.getBoundingClientRect();
    if (from === undefined) return this.#current;
    let [best, bestDistance] = [this.#current, Number.POSITIVE_INFINITY];
    for (const [index, token] of this.#tokens.entries()) {
      const { top, left } = token.getBoundingClientRect();
      const lines = (top - from.top) * direction;
      if (lines < from.height / 2) continue;
      const distance = lines * 1000 + Math.abs(left - from.left);
      if (distance < bestDistance) [best, bestDistance] = [index, distance];
    }
    return best;
  }

  #moveTo(index: number): void {
    const before = this.#tokens[this.#current];
    if (before !== undefined) before.tabIndex = -1;
    this.#current = index;
    (this.#tokens[index] as HTMLElement).tabIndex = 0;
  }
}

function tokenElement(token: AnswerToken): HTMLElement {
  const { text, label, kind, isForced, probability } = token;
  // A piece of a character shows the character where it is whole, and its own bytes before.
  const isSign = kind === 'control' || (kind === 'piece' && text === '');
  const shown = isSign ? label : text.replaceAll('\r', '').replaceAll('\n', '↵\n').replaceAll('\t', '⇥\t');
  const look = isForced ? 'is-forced' : `is-${certaintyOf(probability)}`;
  const how = isForced ? 'forced' : `chosen, ${formatProbability(probability)}`;
  const made = element(
    'span',
    { class: `token ${look}${isSign ? ' is-sign' : ''}`, role: 'button', 'aria-label': `${label}, ${how}` },
    shown,
  );
  return isForced ? made : withShare(made, probability);
}
