import type { ToolStreamEvent } from '@tooltune/runtime';
import { formatMilliseconds, printNotice, type Terminal } from '../terminal/index.js';

/** Writes an answer as it is decoded, and judges it. */
export interface CallView {
  show(event: ToolStreamEvent): void;
}

/** Calls as `name({"argument":…})`, one a line, and words; timings go to the notices. */
export function createCallView(terminal: Terminal): CallView {
  const { output, outputColors: colors, noticeColors } = terminal;
  let isLineOpen = false;
  const write = (text: string) => {
    output.write(text);
    isLineOpen = !text.endsWith('\n');
  };
  const endLine = () => {
    if (isLineOpen) write('\n');
  };
  return {
    show(event) {
      switch (event.type) {
        case 'tool-call-start':
          endLine();
          write(`${colors.bold(colors.cyan(event.name))}(`);
          break;
        case 'arguments-delta':
          write(colors.yellow(event.text));
          break;
        case 'tool-call':
          write(')\n');
          break;
        case 'tool-call-error':
          endLine();
          printNotice(terminal, `${noticeColors.red(`error[call/${event.code}]`)} ${event.message}`);
          break;
        case 'text-delta':
          write(event.text);
          break;
        case 'finish':
          endLine();
          printNotice(terminal, noticeColors.dim(describeFinish(event)));
          break;
      }
    },
  };
}

function describeFinish({ reason, usage, timings }: Extract<ToolStreamEvent, { type: 'finish' }>): string {
  const firstToken = timings.firstTokenMs === null ? '' : ` (first token ${formatMilliseconds(timings.firstTokenMs)})`;
  const forced = usage.forcedTokens === 0 ? '' : `, ${usage.forcedTokens} of them known beforehand`;
  return [
    `${reason} after ${formatMilliseconds(timings.totalMs)}${firstToken}`,
    `${usage.promptTokens} prompt tokens`,
    `${usage.completionTokens} tokens${forced}`,
  ].join(', ');
}

/** Whether an answer can be used: it ended by itself, nothing in it was broken, and it says something. */
export function createAnswerJudge(): { observe(event: ToolStreamEvent): void; isValid(): boolean } {
  let isBroken = false;
  let hasContent = false;
  let isComplete = false;
  return {
    observe(event) {
      if (event.type === 'tool-call-error') isBroken = true;
      if (event.type === 'tool-call' || event.type === 'text-delta') hasContent = true;
      if (event.type === 'finish') isComplete = event.reason === 'stop' || event.reason === 'tool-calls';
    },
    isValid: () => isComplete && hasContent && !isBroken,
  };
}
