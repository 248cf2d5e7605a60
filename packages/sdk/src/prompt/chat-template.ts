import { Template } from '@huggingface/jinja';
import type { TemplateMessage } from './conversation.js';
import { PromptError } from './prompt-error.js';

/** A piece of a rendered conversation: the template's own text, or what a message says. */
export interface Segment {
  text: string;
  /** The message that says it, as a place in the rendered list; undefined for the template's own text. */
  message?: number;
}

/** Texts of special tokens that some templates write themselves. */
export interface TemplateTokens {
  bosToken?: string;
  eosToken?: string;
}

/** A model's own chat template, rendered so that what messages say stays apart from the template's control text. */
export interface ChatTemplate {
  /** Whether the template knows the role `tool`. */
  readonly knowsTools: boolean;
  /** @param open Whether the assistant is to speak next. @throws PromptError `prompt/template` */
  render(messages: readonly TemplateMessage[], open: boolean): Segment[];
}

/**
 * Parses a Jinja chat template (`tokenizer.chat_template`).
 * @throws PromptError `prompt/template` if it cannot be parsed, or needs what is not given or not supported
 */
export function parseChatTemplate(source: string, tokens: TemplateTokens = {}): ChatTemplate {
  const template = attempt('cannot be parsed', () => new Template(source));
  for (const [name, given] of [
    ['bos_token', tokens.bosToken],
    ['eos_token', tokens.eosToken],
  ] as const) {
    if (given === undefined && new RegExp(`\\b${name}\\b`).test(source)) {
      throw new PromptError('prompt/template', `The chat template writes ${name}; say what that is for this model.`);
    }
  }
  if (source.includes('strftime_now')) {
    throw new PromptError(
      'prompt/template',
      'The chat template writes the current time (strftime_now), so that a prompt in serving would not be what was ' +
        'trained on; give a template without it.',
    );
  }
  const [open, close] = marksFor(source);
  const renderText = (messages: readonly { role: string; content: string }[], add: boolean): string =>
    attempt('refuses the conversation', () =>
      template.render({
        messages,
        add_generation_prompt: add,
        bos_token: tokens.bosToken ?? '',
        eos_token: tokens.eosToken ?? '',
      }),
    );

  // Depends on the roles alone, which are the same in most conversations.
  const markedTexts = new Map<string, string>();
  const renderMarked = (messages: readonly TemplateMessage[], add: boolean): string => {
    const key = `${add} ${messages.map(({ role }) => role).join(' ')}`;
    const known = markedTexts.get(key);
    if (known !== undefined) return known;
    // The em spaces are lost where the template trims what a message says.
    const marked = renderText(
      messages.map(({ role }, index) => ({ role, content: `${edge}${open}${index}${close}${edge}` })),
      add,
    );
    if (markedTexts.size >= mostMarkedTexts) markedTexts.clear();
    markedTexts.set(key, marked);
    return marked;
  };

  return {
    knowsTools: /(['"])tool\1/.test(source),
    render(messages, add) {
      const segments = cutAtMarks(renderMarked(messages, add), open, close, messages);
      const plain = renderText(
        messages.map(({ role, content }) => ({ role, content })),
        add,
      );
      if (segments.map(({ text }) => text).join('') !== plain) {
        throw new PromptError(
          'prompt/template',
          'The chat template changes what messages say, or writes differently because of it, which is not supported.',
        );
      }
      return segments;
    },
  };
}

const edge = '\u2003';
const mostMarkedTexts = 1_000;

/** Two characters of the private use area that the template itself does not use. */
function marksFor(source: string): [string, string] {
  const unused: string[] = [];
  for (let code = 0xe000; unused.length < 2; code++) {
    const character = String.fromCharCode(code);
    if (!source.includes(character)) unused.push(character);
  }
  return [unused[0]!, unused[1]!];
}

function cutAtMarks(marked: string, open: string, close: string, messages: readonly TemplateMessage[]): Segment[] {
  const mark = new RegExp(`(${edge}?)${open}(\\d+)${close}(${edge}?)`, 'g');
  const segments: Segment[] = [];
  const seen = new Set<number>();
  let end = 0;
  for (const match of marked.matchAll(mark)) {
    const message = Number(match[2]);
    const content = messages[message]?.content ?? '';
    const left = match[1] === '' ? content.trimStart() : content;
    segments.push({ text: marked.slice(end, match.index) });
    segments.push({ text: match[3] === '' ? left.trimEnd() : left, message });
    end = match.index + match[0].length;
    if (seen.has(message)) throw new PromptError('prompt/template', 'The chat template writes a message twice.');
    seen.add(message);
  }
  segments.push({ text: marked.slice(end) });
  const missing = messages.findIndex((_, index) => !seen.has(index));
  if (missing >= 0) {
    throw new PromptError(
      'prompt/template',
      `The chat template leaves out what message ${messages[missing]!.index ?? missing} says ` +
        `(role ${messages[missing]!.role}).`,
    );
  }
  return segments;
}

function attempt<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PromptError('prompt/template', `The chat template ${what}: ${reason}`, { cause });
  }
}
