// An MCP server of the real SDK, over its standard streams. Its list of tools has two pages.
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const text = (type) => ({
  type: 'object',
  properties: { text: { type } },
  required: ['text'],
  additionalProperties: false,
});

export function createServer() {
  const server = new Server({ name: 'test', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) =>
    params?.cursor === undefined
      ? {
          tools: [{ name: 'echo text', description: 'Say a text again.', inputSchema: text('string') }],
          nextCursor: '2',
        }
      : {
          tools: [
            { name: 'fail', title: 'Fail at once.', inputSchema: { type: 'object' } },
            { name: 'broken', inputSchema: text('nonsense') },
          ],
        },
  );
  server.setRequestHandler(CallToolRequestSchema, ({ params: { name, arguments: values } }) => {
    if (name === 'echo text') return { content: [{ type: 'text', text: `${values.text}!` }] };
    if (name === 'fail') return { content: [{ type: 'text', text: 'no' }], isError: true };
    throw new Error(`no tool ${name}`);
  });
  return server;
}

if (process.argv[2] === 'stdio') await createServer().connect(new StdioServerTransport());
