import type { ChatMessage } from '../dataset/index.js';
import type { Tokenizer } from '../tokenizer/index.js';
import type { Tool, Toolset } from '../toolset/index.js';
import { parseChatTemplate, type Segment, type TemplateTokens } from './chat-template.js';
import { toTemplateMessages } from './conversation.js';
import { PromptError } from './prompt-error.js';
import type { PromptFormat, PromptRenderer } from './prompt-renderer.js';

/** What a renderer is made of. */
export interface PromptRendererOptions extends TemplateTokens {
  tokenizer: Tokenizer;
  /** Jinja source of the model's own chat template (`tokenizer.chat_template` of its GGUF file). */
  chatTemplate: string;
  format: PromptFormat;
  toolset: Pick<Toolset, 'tools'>;
}

/** Token ids of a part of a conversation. */
interface TokenSpan {
  tokens: readonly number[];
  message?: number;
}

/**
 * The renderer that training and serving share. The template's own text and each message are made into tokens apart:
 * special tokens come from the template alone, so that nobody can forge a turn by writing `<|im_end|>`, and the ids
 * before an assistant's turn do not depend on what it says.
 * @throws PromptError `prompt/template`
 */
export function createPromptRenderer(options: PromptRendererOptions): PromptRenderer {
  const { tokenizer, format, toolset } = options;
  const template = parseChatTemplate(options.chatTemplate, options);
  const controlTokens = {
    begins: new Map<string, readonly number[]>(),
    continues: new Map<string, readonly number[]>(),
  };

  const encodeControl = (text: string, continues: boolean): readonly number[] => {
    const known = controlTokens[continues ? 'continues' : 'begins'];
    const tokens = known.get(text) ?? tokenizer.encode(text, { continues });
    known.set(text, tokens);
    return tokens;
  };
  const encode = ({ text, message }: Segment, place: number): TokenSpan =>
    message === undefined
      ? { tokens: encodeControl(text, place > 0) }
      : { tokens: tokenizer.encode(text, { special: false, continues: place > 0 }), message };

  /** The spans of a conversation; their messages are counted as given, -1 for an added system message. */
  const render = (messages: readonly ChatMessage[], open: boolean, tools = toolset.tools): TokenSpan[] => {
    const written = toTemplateMessages(messages, format, { tools }, template.knowsTools);
    return template.render(written, open).map((segment, place) => {
      const span = encode(segment, place);
      return segment.message === undefined ? span : { ...span, message: written[segment.message]!.index ?? -1 };
    });
  };
  const renderPrompt = (messages: readonly ChatMessage[], tools?: readonly Tool[]): number[] =>
    join(render(messages, true, tools));

  /** Number of tokens up to and including the first end token: what the assistant says to end its turn. */
  const endLength = (control: TokenSpan | undefined): number => {
    const end = control?.tokens.findIndex((token) => tokenizer.endTokens.includes(token)) ?? -1;
    if (end >= 0) return end + 1;
    throw new PromptError(
      'prompt/template',
      `The chat template does not end the assistant's turn with ${tokenizer.decode([tokenizer.endOfTurnToken])} ` +
        'or another token that ends generation.',
    );
  };

  return {
    format,
    renderPrompt,
    renderExample(messages, tools) {
      if (messages.at(-1)?.role !== 'assistant') {
        throw new PromptError('prompt/conversation', "/messages: an example must end with an assistant's turn");
      }
      const last = lastLabelled(messages);
      const prompt = render(messages.slice(0, last), true, tools);
      const answered = render(messages.slice(0, last + 1), false, tools);
      const answer = answered.findIndex(({ message }) => message === last);
      const ending = answered[answer + 1];
      const spoken = [...answered[answer]!.tokens, ...(ending?.tokens.slice(0, endLength(ending)) ?? [])];
      const before = join(prompt);
      const tokens = Int32Array.from([...before, ...spoken]);
      const labelMask = new Uint8Array(tokens.length);
      if (isLabelled(messages[last])) labelMask.fill(1, before.length);

      let position = 0;
      for (const [index, span] of prompt.entries()) {
        const { message } = span;
        if (message !== undefined && isLabelled(messages[message])) {
          checkPrefix(renderPrompt(messages.slice(0, message), tools), before, position, message);
          labelMask.fill(1, position, position + span.tokens.length + endLength(prompt[index + 1]));
        }
        position += span.tokens.length;
      }
      labelMask[0] = 0;
      return { tokens, labelMask };
    },
  };
}

function isLabelled(message: ChatMessage | undefined): boolean {
  return message?.role === 'assistant' && message.weight !== 0;
}

/** The last turn to be learnt, which is where an example ends; its last message if there is none. */
function lastLabelled(messages: readonly ChatMessage[]): number {
  for (let index = messages.length - 1; index >= 0; index--) if (isLabelled(messages[index])) return index;
  return messages.length - 1;
}

function join(spans: readonly TokenSpan[]): number[] {
  return spans.flatMap(({ tokens }) => tokens as number[]);
}

/** Some templates rewrite earlier turns; what is learnt there would not be what is asked for in serving. */
function checkPrefix(prompt: readonly number[], example: readonly number[], length: number, message: number): void {
  if (prompt.length === length && prompt.every((token, index) => token === example[index])) return;
  throw new PromptError(
    'prompt/template',
    `The chat template writes the conversation before message ${message} differently once more has been said, so this ` +
      'turn cannot be learnt as a part of a longer conversation; give it weight 0, or an example of its own.',
  );
}
