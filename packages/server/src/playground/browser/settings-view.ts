import type { Settings } from './build-request.js';
import { byId, element } from './dom.js';
import { count } from './format-number.js';
import type { Model } from './protocol.js';
import { formatTools, parseTools, ToolsFieldError } from './tools-field.js';

/** The model that is asked, and how. */
export class SettingsView {
  readonly #model = byId('model', HTMLSelectElement);
  readonly #description = byId('model-description', HTMLElement);
  readonly #tools = byId('tools', HTMLTextAreaElement);
  readonly #toolsCount = byId('tools-count', HTMLElement);
  readonly #toolsError = byId('tools-error', HTMLElement);
  readonly #toolsHint = byId('tools-hint', HTMLElement);
  readonly #toolsReset = byId('tools-reset', HTMLButtonElement);
  readonly #toolsSection = byId('tools-section', HTMLDetailsElement);
  readonly #optionsSection = byId('options-section', HTMLDetailsElement);
  readonly #toolChoice = byId('tool-choice', HTMLSelectElement);
  readonly #maxTokens = byId('max-tokens', HTMLInputElement);
  readonly #temperature = byId('temperature', HTMLInputElement);
  readonly #models = new Map<string, Model>();

  /** @param on what is told of another model, and of any change */
  constructor(on: { model(): void; change(): void }) {
    this.#model.addEventListener('change', () => {
      this.#showModel();
      on.model();
    });
    this.#tools.addEventListener('input', () => {
      this.#checkTools();
      on.change();
    });
    this.#toolsReset.addEventListener('click', () => {
      this.#tools.value = formatTools(this.model?.tools);
      this.#checkTools();
      this.#tools.focus();
      on.change();
    });
    for (const field of [this.#toolChoice, this.#maxTokens, this.#temperature]) {
      field.addEventListener('input', on.change);
    }
  }

  get model(): Model | undefined {
    return this.#models.get(this.#model.value);
  }

  get values(): Settings {
    return {
      tools: this.#tools.value,
      toolChoice: this.#toolChoice.value,
      temperature: this.#temperature.value,
      maxTokens: this.#maxTokens.value,
    };
  }

  /** Models to choose from; the one that was chosen stays where it is still there. */
  setModels(models: readonly Model[]): void {
    const chosen = this.#model.value;
    this.#models.clear();
    for (const model of models) this.#models.set(model.id, model);
    this.#model.replaceChildren(...models.map(({ id }) => element('option', { value: id }, id)));
    if (this.#models.has(chosen)) this.#model.value = chosen;
    this.#model.disabled = models.length === 0;
    this.#showModel();
  }

  /** Shows the first field that holds what cannot be sent. @returns whether all can */
  check(): boolean {
    if (!this.#checkTools()) {
      this.#toolsSection.open = true;
      this.#tools.focus();
      return false;
    }
    const wrong = [this.#maxTokens, this.#temperature].find((field) => !field.checkValidity());
    if (wrong === undefined) return true;
    this.#optionsSection.open = true;
    wrong.reportValidity();
    return false;
  }

  #showModel(): void {
    const { model } = this;
    const isIntents = model?.task === 'intents';
    this.#toolsSection.hidden = isIntents;
    this.#optionsSection.hidden = isIntents;
    this.#tools.value = formatTools(model?.tools);
    this.#description.textContent = model === undefined ? '' : describe(model);
    this.#toolsHint.textContent =
      model?.task === 'tools'
        ? 'This adapter has learnt these tools. Leave some out, or change what their arguments may be; others are refused.'
        : 'The bare base takes any tools. Without them it answers in text.';
    this.#checkTools();
  }

  #checkTools(): boolean {
    const { model } = this;
    if (model?.task === 'intents') return true;
    let problem: string | undefined;
    try {
      const tools = parseTools(this.#tools.value) ?? model?.tools ?? [];
      this.#toolsCount.textContent = String(tools.length);
    } catch (error) {
      if (!(error instanceof ToolsFieldError)) throw error;
      problem = error.message;
      this.#toolsCount.textContent = '';
    }
    this.#toolsError.textContent = problem ?? '';
    this.#toolsError.hidden = problem === undefined;
    this.#tools.setAttribute('aria-invalid', String(problem !== undefined));
    this.#toolsReset.hidden = model?.tools === undefined || this.#tools.value === formatTools(model.tools);
    return problem === undefined;
  }
}

function describe({ task, base, tools = [], intents = [] }: Model): string {
  if (task === 'base') return 'The bare base, without an adapter.';
  if (task === 'intents') return `Classifies texts by ${count(intents.length, 'label')}. Adapter on ${base}.`;
  return `Calls ${count(tools.length, 'tool')}. Adapter on ${base}.`;
}
