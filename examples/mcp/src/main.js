// @ts-check
// MCP both ways: a server's tools are called by a small local model, and a model is offered as a server.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { createToolRuntime } from '@tooltune/runtime';
import { createMcpHandlers, createMcpServer } from '@tooltune/runtime/mcp';
import { connectMcp } from '@tooltune/sdk/mcp';

// 1. The tools of a server become those of a runtime, whose calls go to the server.
const lights = await connectMcp({
  command: process.execPath,
  args: [fileURLToPath(new URL('light-server.js', import.meta.url))],
});
const { toolset, handlers } = await createMcpHandlers(lights);
const runtime = await createToolRuntime({
  base: 'smollm2-135m',
  tools: toolset,
  toolChoice: 'required',
  parallelCalls: false,
  maxTokens: 100,
});
/** @type {string[]} */
const results = [];
const messages = [{ role: /** @type {const} */ ('user'), content: 'Please turn the kitchen light on.' }];
for await (const event of runtime.run({ messages, handlers, maxSteps: 1 })) {
  if (event.type === 'tool-call') console.log(event.name, event.arguments);
  if (event.type === 'tool-result') results.push(event.content);
}
console.log(results);
assert.equal(results.length, 1);
assert.match(String(results[0]), /^The light in the (kitchen|bedroom) is (on|off)\.$/);
await lights.close();

// 2. The runtime is offered to others; here the client is in the same process. `tooltune mcp my-adapter` does it over stdio.
const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
const server = createMcpServer({ runtime });
await server.connect(serverSide);
const client = new Client({ name: 'example', version: '1.0.0' });
await client.connect(clientSide);
const { structuredContent } = await client.callTool({
  name: 'call_tools',
  arguments: { request: 'Please turn the kitchen light on.' },
});
console.log(JSON.stringify(structuredContent));
const { calls } = /** @type {{ calls: { name: string }[] }} */ (structuredContent);
assert.deepEqual(
  calls.map(({ name }) => name),
  ['set_light'],
);
await client.close();

await runtime.dispose();
