import type { AnswerToken } from './answer.js';
import { element, meter } from './dom.js';
import { formatProbability } from './probability.js';

/** Milliseconds that the pointer has to get from a token to what is told of it. */
const pointerGraceMs = 160;
/** Pixels between the popover and the edges of the window. */
const margin = 8;

/** What is told of a token while it is pointed at, focused or tapped; Escape and a tap elsewhere close it. */
export class TokenPopover {
  readonly #popover: HTMLElement;
  #open: HTMLElement | undefined;
  #closing: number | undefined;

  constructor(popover: HTMLElement) {
    this.#popover = popover;
    popover.addEventListener('pointerenter', () => window.clearTimeout(this.#closing));
    popover.addEventListener('pointerleave', () => this.#closeSoon());
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.close();
    });
    document.addEventListener('pointerdown', ({ target }) => {
      const isInside = target instanceof Node && (popover.contains(target) || this.#open?.contains(target) === true);
      if (!isInside) this.close();
    });
    window.addEventListener('resize', () => this.close());
  }

  attach(made: HTMLElement, token: AnswerToken): void {
    const show = () => this.#show(made, token);
    // A finger's tap is a click: it would open and, in the same moment, close.
    made.addEventListener('pointerenter', ({ pointerType }) => {
      if (pointerType === 'mouse') show();
    });
    made.addEventListener('pointerleave', ({ pointerType }) => {
      if (pointerType === 'mouse' && document.activeElement !== made) this.#closeSoon();
    });
    made.addEventListener('focus', show);
    made.addEventListener('blur', () => this.#closeSoon());
    made.addEventListener('click', show);
    made.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      show();
    });
  }

  close(): void {
    window.clearTimeout(this.#closing);
    this.#open?.classList.remove('is-open');
    this.#open?.removeAttribute('aria-describedby');
    this.#open = undefined;
    this.#popover.hidden = true;
  }

  #closeSoon(): void {
    window.clearTimeout(this.#closing);
    this.#closing = window.setTimeout(() => this.close(), pointerGraceMs);
  }

  #show(made: HTMLElement, token: AnswerToken): void {
    if (this.#open === made) {
      window.clearTimeout(this.#closing);
      return;
    }
    this.close();
    this.#open = made;
    made.classList.add('is-open');
    made.setAttribute('aria-describedby', this.#popover.id);
    this.#popover.replaceChildren(...contentOf(token));
    this.#popover.hidden = false;
    this.#place(made);
  }

  /** Below the token, or above it where there is no room. */
  #place(made: HTMLElement): void {
    const rectangles = made.getClientRects();
    const anchor = rectangles[0] ?? made.getBoundingClientRect();
    const { width, height } = this.#popover.getBoundingClientRect();
    const room = document.documentElement.clientWidth - width - margin;
    const left = Math.max(margin, Math.min(anchor.left, room));
    const below = anchor.bottom + margin;
    const isBelow = below + height + margin <= window.innerHeight || anchor.top < height + 2 * margin;
    const top = isBelow ? below : anchor.top - height - margin;
    this.#popover.style.left = `${left + window.scrollX}px`;
    this.#popover.style.top = `${top + window.scrollY}px`;
  }
}

function contentOf(token: AnswerToken): HTMLElement[] {
  const about = element('p', {}, aboutOf(token));
  if (token.isForced) return [about];
  const rows = token.alternatives.map(({ label, probability, isChosen }) =>
    element(
      'tr',
      { class: isChosen ? 'is-chosen' : undefined },
      element('th', { scope: 'row' }, isChosen ? `✓ ${label}` : label),
      element('td', {}, meter(probability)),
      element('td', { class: 'percent' }, formatProbability(probability)),
    ),
  );
  return [about, element('table', {}, element('tbody', {}, ...rows))];
}

function aboutOf({ label, kind, isForced }: AnswerToken): string {
  const forced = 'Forced: the schema left no choice, and the model was not asked.';
  if (kind === 'control') return isForced ? forced : 'A control token, which writes no text. What might have come:';
  if (kind === 'piece') return `${label} is a part of a character. ${isForced ? forced : 'What might have come:'}`;
  return isForced ? forced : 'What might have come:';
}
