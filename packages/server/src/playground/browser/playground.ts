import { Answer } from './answer.js';
import { type AnswerProgress, AnswerView, summaryOf } from './answer-view.js';
import { Api, RequestError } from './api.js';
import { buildChatRequest, buildClassifyRequest } from './build-request.js';
import { Conversation } from './conversation.js';
import { curlCommand } from './curl-command.js';
import { byId, element } from './dom.js';
import { intentElement, intentSummary } from './intent-view.js';
import { keepKey, readKey } from './key-store.js';
import type { Model } from './protocol.js';
import { SettingsView } from './settings-view.js';
import { TokenPopover } from './token-popover.js';
import { ToolsFieldError } from './tools-field.js';

const chatPath = 'v1/chat/completions';
const classifyPath = 'v1/classify';

/** The page: what the user does, asks the server; what the server says, is shown. */
export class Playground {
  readonly #api = new Api(document.baseURI);
  readonly #conversation = new Conversation();
  readonly #popover = new TokenPopover(byId('popover', HTMLElement));
  readonly #settings = new SettingsView({
    model: () => this.#startAnew(),
    change: () => this.#showCommand(),
  });
  readonly #request = byId('request', HTMLTextAreaElement);
  readonly #run = byId('run', HTMLButtonElement);
  readonly #stop = byId('stop', HTMLButtonElement);
  readonly #newConversation = byId('new-conversation', HTMLButtonElement);
  readonly #turns = byId('turns', HTMLElement);
  readonly #empty = byId('empty', HTMLElement);
  readonly #status = byId('status', HTMLElement);
  readonly #pageError = byId('page-error', HTMLElement);
  readonly #keyForm = byId('key-form', HTMLFormElement);
  readonly #key = byId('key', HTMLInputElement);
  readonly #curl = byId('curl', HTMLElement);
  #running: AbortController | undefined;

  async start(): Promise<void> {
    this.#api.key = readKey();
    byId('composer', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#ask();
    });
    this.#request.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void this.#ask();
    });
    this.#request.addEventListener('input', () => this.#showCommand());
    this.#stop.addEventListener('click', () => this.#running?.abort());
    this.#newConversation.addEventListener('click', () => {
      this.#startAnew();
      this.#request.focus();
    });
    this.#keyForm.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#api.key = this.#key.value.trim();
      keepKey(this.#api.key);
      void this.#loadModels();
    });
    byId('copy', HTMLButtonElement).addEventListener('click', () => void this.#copyCommand());
    await this.#loadModels();
  }

  async #loadModels(): Promise<void> {
    this.#pageError.hidden = true;
    try {
      const models = await this.#api.models();
      this.#keyForm.hidden = true;
      this.#settings.setModels(models);
      this.#run.disabled = models.length === 0;
      byId('base', HTMLElement).textContent = models[0] === undefined ? '' : `base ${models[0].base}`;
      this.#startAnew();
      this.#request.focus({ preventScroll: true });
    } catch (error) {
      if (this.#needsKey(error)) return;
      this.#pageError.textContent = messageOf(error);
      this.#pageError.hidden = false;
    }
  }

  /** Asks for a key where one is missing or wrong. */
  #needsKey(error: unknown): boolean {
    if (!(error instanceof RequestError) || error.status !== 401) return false;
    this.#keyForm.hidden = false;
    this.#pageError.textContent = 'The server does not know this key.';
    this.#pageError.hidden = this.#api.key === undefined;
    this.#key.focus();
    return true;
  }

  #startAnew(): void {
    this.#running?.abort();
    this.#conversation.clear();
    this.#popover.close();
    this.#turns.replaceChildren(this.#empty);
    this.#newConversation.disabled = true;
    const isIntents = this.#settings.model?.task === 'intents';
    byId('empty-text', HTMLElement).textContent = isIntents
      ? 'Type a text below, as a user would write it: its intents are shown with their probabilities.'
      : 'Type a request below, as a user would write it. The answer appears token by token:';
    byId('legend', HTMLElement).hidden = isIntents;
    byId('legend-hint', HTMLElement).hidden = isIntents;
    this.#request.placeholder = isIntents ? 'Type a text' : 'Type a request';
    this.#showCommand();
  }

  async #ask(): Promise<void> {
    const { model } = this.#settings;
    const request = this.#request.value.trim();
    if (model === undefined || request === '' || this.#running !== undefined || !this.#settings.check()) return;
    const turn = element('article', { 'aria-label': request }, element('p', { class: 'request' }, request));
    this.#empty.remove();
    this.#turns.append(turn);
    this.#newConversation.disabled = false;
    this.#request.value = '';
    const running = new AbortController();
    this.#setRunning(running);
    this.#status.textContent = 'Asked.';
    try {
      const ask = model.task === 'intents' ? this.#classify : this.#chat;
      await ask.call(this, model, request, turn, running.signal);
    } finally {
      if (this.#running === running) this.#setRunning(undefined);
      this.#showCommand();
    }
  }

  async #chat(model: Model, request: string, turn: HTMLElement, signal: AbortSignal): Promise<void> {
    const answer = new Answer();
    const view = new AnswerView(answer, this.#popover);
    const body = buildChatRequest(model, this.#conversation.asking(request), this.#settings.values);
    turn.append(view.element);
    const show = (progress: AnswerProgress, problem?: string) => {
      this.#followingEnd(() => view.update(progress, problem));
    };
    show('writing');
    this.#scrollToEnd();
    let frame: number | undefined;
    try {
      for await (const chunk of this.#api.chat(body, signal)) {
        answer.add(chunk);
        // Many tokens may come between two pictures.
        frame ??= requestAnimationFrame(() => {
          frame = undefined;
          show('writing');
        });
      }
      this.#conversation.add(request, answer);
      this.#end(frame, () => show('done'), summaryOf(answer));
    } catch (error) {
      const problem = signal.aborted ? undefined : messageOf(error);
      this.#end(frame, () => show(signal.aborted ? 'stopped' : 'failed', problem), problem ?? 'Stopped.');
      this.#giveBack(request, turn, error);
    }
  }

  async #classify(model: Model, text: string, turn: HTMLElement, signal: AbortSignal): Promise<void> {
    try {
      const answer = await this.#api.classify(buildClassifyRequest(model, text), signal);
      turn.append(intentElement(answer));
      this.#status.textContent = intentSummary(answer);
    } catch (error) {
      const problem = signal.aborted ? 'Stopped.' : messageOf(error);
      turn.append(element('p', { class: signal.aborted ? 'aside-note' : 'problem' }, problem));
      this.#status.textContent = problem;
      this.#giveBack(text, turn, error);
    }
    this.#scrollToEnd();
  }

  #end(frame: number | undefined, show: () => void, status: string): void {
    if (frame !== undefined) cancelAnimationFrame(frame);
    show();
    this.#status.textContent = status;
  }

  /** What could not be answered may be asked again without typing it again. */
  #giveBack(request: string, turn: HTMLElement, error: unknown): void {
    if (turn.isConnected && this.#request.value === '') this.#request.value = request;
    this.#needsKey(error);
  }

  #setRunning(running: AbortController | undefined): void {
    const hadFocus = document.activeElement === this.#run || document.activeElement === this.#stop;
    this.#running = running;
    this.#run.hidden = running !== undefined;
    this.#stop.hidden = running === undefined;
    // A button that is gone would leave the focus nowhere.
    if (hadFocus) (running === undefined ? this.#request : this.#stop).focus();
  }

  #scrollToEnd(): void {
    window.scrollTo({ top: document.documentElement.scrollHeight });
  }

  /** Shows what is new; who looks at the end goes on to do so. */
  #followingEnd(show: () => void): void {
    const { scrollHeight } = document.documentElement;
    const isAtEnd = window.scrollY + window.innerHeight >= scrollHeight - 40;
    show();
    if (isAtEnd) this.#scrollToEnd();
  }

  #showCommand(): void {
    const { model, values } = this.#settings;
    if (model === undefined) return;
    const request = this.#request.value.trim() || this.#request.placeholder;
    const isIntents = model.task === 'intents';
    try {
      const body = isIntents
        ? buildClassifyRequest(model, request)
        : buildChatRequest(model, this.#conversation.asking(request), values);
      const url = this.#api.url(isIntents ? classifyPath : chatPath);
      this.#curl.textContent = curlCommand(url, body, { hasKey: this.#api.key !== undefined });
    } catch (error) {
      if (!(error instanceof ToolsFieldError)) throw error;
      this.#curl.textContent = error.message;
    }
  }

  async #copyCommand(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#curl.textContent ?? '');
      this.#status.textContent = 'Copied.';
      const copy = byId('copy', HTMLButtonElement);
      copy.textContent = 'Copied ✓';
      window.setTimeout(() => (copy.textContent = 'Copy'), 2000);
    } catch {
      // Without https a page may not write to the clipboard; what is selected can be copied by hand.
      window.getSelection()?.selectAllChildren(this.#curl);
      this.#status.textContent = 'Selected; copy it with your keyboard.';
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
