// @ts-check
// The Vercel AI SDK on a small local model: a tool is called and runs, and an object is made of a schema.
import assert from 'node:assert/strict';
import { createTooltune } from '@tooltune/runtime/ai-sdk';
import { generateObject, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';

// A bare base takes any tools. With an adapter of yours, and the tools that it was trained for: { adapter: 'my-adapter' }.
const model = await createTooltune({ base: 'smollm2-135m', maxTokens: 100 });

const setLight = tool({
  description: "Switches a room's light.",
  inputSchema: z.object({ room: z.enum(['kitchen', 'bedroom']), state: z.enum(['on', 'off']) }),
  execute: async ({ room, state }) => `The light in the ${room} is ${state}.`,
});

const result = streamText({
  model,
  tools: { set_light: setLight },
  toolChoice: 'required',
  prompt: 'Please turn the kitchen light on.',
  stopWhen: stepCountIs(1),
  providerOptions: { tooltune: { parallelToolCalls: false } },
});
for await (const part of result.fullStream) {
  if (part.type === 'tool-input-delta') process.stdout.write(part.delta);
  if (part.type === 'tool-result') console.log(`\n${part.output}`);
  if (part.type === 'error') throw part.error;
}
const [step] = await result.steps;
assert.equal(step?.finishReason, 'tool-calls');
const [ran] = step.staticToolResults;
assert(ran !== undefined, 'the tool ran');
assert.equal(ran.output, `The light in the ${ran.input.room} is ${ran.input.state}.`);

const schema = z.object({ mood: z.enum(['happy', 'sad']), words: z.int().min(1).max(20) });
const { object, usage } = await generateObject({ model, schema, prompt: 'How do I feel? "What a lovely day!"' });
console.log(object, `${usage.inputTokens} tokens read, ${usage.outputTokens} written`);
assert.deepEqual(schema.parse(object), object);

await model.dispose();
