// @ts-check
/** @import { ToolStreamEvent } from '@tooltune/runtime' */

/**
 * Writes an event of an answer as it comes.
 * @param {ToolStreamEvent} event
 */
export function printEvent(event) {
  switch (event.type) {
    case 'tool-call-start':
      process.stdout.write(`   → ${event.name}(`);
      break;
    case 'arguments-delta':
      process.stdout.write(event.text);
      break;
    case 'tool-call':
      process.stdout.write(')  valid\n');
      break;
    case 'tool-call-error':
      process.stdout.write(`\n   ${event.message}\n`);
      break;
    case 'text-delta':
      process.stdout.write(event.text);
      break;
    case 'finish':
      console.log(`     ${Math.round(event.timings.totalMs)} ms, ${event.usage.completionTokens} tokens\n`);
      break;
  }
}
