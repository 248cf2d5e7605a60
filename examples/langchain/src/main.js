// @ts-check
// LangChain.js on a small local model: a bound tool is called, streamed and run, and an object is made of a schema.
import assert from 'node:assert/strict';
import { tool } from '@langchain/core/tools';
import { createChatTooltune } from '@tooltune/runtime/langchain';
import { z } from 'zod';

// A bare base takes any tools. With an adapter of yours, and the tools that it was trained for: { adapter: 'my-adapter' }.
const model = await createChatTooltune({ base: 'smollm2-135m', maxTokens: 100 });

const setLight = tool(async ({ room, state }) => `The light in the ${room} is ${state}.`, {
  name: 'set_light',
  description: "Switches a room's light.",
  schema: z.object({ room: z.enum(['kitchen', 'bedroom']), state: z.enum(['on', 'off']) }),
});

const bound = model.bindTools([setLight], { tool_choice: 'required', parallel_tool_calls: false });
let message;
for await (const chunk of await bound.stream('Please turn the kitchen light on.')) {
  for (const piece of chunk.tool_call_chunks ?? []) process.stdout.write(piece.args ?? '');
  message = message === undefined ? chunk : message.concat(chunk);
}
const [call] = message?.tool_calls ?? [];
assert(call !== undefined, 'there is a call');
const { content } = await setLight.invoke({ ...call, type: 'tool_call' });
console.log(`\n${content}`);
assert.equal(content, `The light in the ${call.args.room} is ${call.args.state}.`);

const schema = z.object({ mood: z.enum(['happy', 'sad']), words: z.int().min(1).max(20) });
const answer = await model.withStructuredOutput(schema).invoke('How do I feel? "What a lovely day!"');
console.log(answer);
assert.deepEqual(schema.parse(answer), answer);

await model.dispose();
