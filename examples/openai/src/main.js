// @ts-check
// OpenAI's client asks a small local model over HTTP: a call is streamed, and an object is made of a schema.
import assert from 'node:assert/strict';
import { createAdapterPool } from '@tooltune/runtime';
import { createServer, listen } from '@tooltune/server';
import OpenAI from 'openai';

// What `tooltune serve` does, in this process. With adapters of yours: { base: 'smollm2-135m', adapters: ['my-adapter'] }.
const pool = await createAdapterPool({ base: 'smollm2-135m' });
const server = await listen(createServer({ pool, apiKeys: ['a-key'] }), { port: 0 });
const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'a-key' });
const model = 'smollm2-135m';

const properties = { room: { enum: ['kitchen', 'bedroom'] }, state: { enum: ['on', 'off'] } };
const parameters = { type: 'object', properties, required: ['room', 'state'] };
const stream = client.chat.completions.stream({
  model,
  messages: [{ role: 'user', content: 'Please turn the kitchen light on.' }],
  tools: [{ type: 'function', function: { name: 'set_light', description: "Switches a room's light.", parameters } }],
  tool_choice: 'required',
  parallel_tool_calls: false,
});
stream.on('tool_calls.function.arguments.delta', ({ arguments_delta }) => process.stdout.write(arguments_delta));
const { choices } = await stream.finalChatCompletion();
const call = choices[0]?.message.tool_calls?.[0]?.function;
assert(call !== undefined, 'there is a call');
const { room, state } = JSON.parse(call.arguments);
assert(properties.room.enum.includes(room) && properties.state.enum.includes(state));
console.log(`\nThe light in the ${room} is ${state}.`);

const schema = {
  type: 'object',
  properties: { mood: { enum: ['happy', 'sad'] }, words: { type: 'integer', minimum: 1, maximum: 20 } },
  required: ['mood', 'words'],
  additionalProperties: false,
};
const answer = await client.chat.completions.create({
  model,
  messages: [{ role: 'user', content: 'How do I feel? "What a lovely day!"' }],
  response_format: { type: 'json_schema', json_schema: { name: 'mood', schema } },
});
const { mood, words } = JSON.parse(answer.choices[0]?.message.content ?? '');
console.log({ mood, words });
assert(schema.properties.mood.enum.includes(mood) && words >= 1 && words <= 20);

await server.close();
await pool.dispose();
