// @ts-check
/** @import { ToolStreamEvent } from '@tooltune/runtime' */

/**
 * Writes an event of an answer as it comes.
 * @param {ToolStreamEvent} event
 */
export function printEvent(event) {
  switch (event.type) {
    case 'tool-call-start':
      process.stdout.write(`\n   → ${event.name}(`);
      break;
    case 'arguments-delta':
      process.stdout.write(event.text);
      break;
    case 'tool-call':
      process.stdout.write(')  valid');
      break;
    case 'tool-call-error':
      process.stdout.write(`\n   ${event.message}`);
      break;
    case 'text-delta':
      process.stdout.write(event.text);
      break;
    case 'finish':
      console.log(`\n   ${Math.round(event.timings.totalMs)} ms, ${event.usage.completionTokens} tokens\n`);
      break;
  }
}
