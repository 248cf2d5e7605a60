// @ts-check
// A server of the Model Context Protocol with one tool, over its standard streams.
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const server = new Server({ name: 'lights', version: '1.0.0' }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: [
    {
      name: 'set_light',
      description: "Switches a room's light.",
      inputSchema: {
        type: 'object',
        properties: { room: { enum: ['kitchen', 'bedroom'] }, state: { enum: ['on', 'off'] } },
        required: ['room', 'state'],
      },
    },
  ],
}));
server.setRequestHandler(CallToolRequestSchema, ({ params: { arguments: values = {} } }) => ({
  content: [{ type: 'text', text: `The light in the ${values.room} is ${values.state}.` }],
}));
await server.connect(new StdioServerTransport());
