import type { ChatMessage, ConversationExample } from '../../dataset/index.js';
import type { Random } from '../../random/index.js';
import type { Toolset } from '../../toolset/index.js';
import { type MaskedTools, maskTools } from './mask-tools.js';

/** Rows that share one set of invented names: their prompts have a beginning in common, which training computes once. */
const rowsPerMask = 8;

/** Gives a share of the rows tools of their own, which have invented names. Requests stay as they are. */
export function maskRows(
  rows: readonly ConversationExample[],
  toolset: Pick<Toolset, 'tools'>,
  share: number,
  random: Random,
): { train: ConversationExample[]; masked: number } {
  const masked = Math.round(share * rows.length);
  const places = random.shuffle(rows.map((_, index) => index)).slice(0, masked);
  const train = [...rows];
  let mask: MaskedTools | undefined;
  for (const [count, place] of places.entries()) {
    if (count % rowsPerMask === 0) mask = maskTools(toolset.tools, random);
    train[place] = maskRow(rows[place]!, mask!);
  }
  return { train, masked };
}

function maskRow(row: ConversationExample, { tools, maskCall }: MaskedTools): ConversationExample {
  const messages = row.messages.map(
    (message): ChatMessage =>
      message.role === 'assistant' && message.toolCalls !== undefined
        ? { ...message, toolCalls: message.toolCalls.map(maskCall) }
        : message,
  );
  return { ...row, messages, tools };
}
