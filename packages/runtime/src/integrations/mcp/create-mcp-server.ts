import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import type { LlamaIntentClassifier } from '../../intent/index.js';
import { RuntimeError } from '../../runtime-error.js';
import type { ToolRuntime } from '../../tool-runtime/index.js';

/** What is offered: a runtime, a classifier, or both; of a pool, too. */
export interface McpServerOptions {
  runtime?: Pick<ToolRuntime, 'call' | 'toolset'> | undefined;
  classifier?: OfferedClassifier | undefined;
  /** What the server is called. Default `tooltune`. */
  name?: string | undefined;
}

interface OfferedTool {
  tool: Tool;
  answer(values: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Record<string, unknown>>;
}

/**
 * A server of the Model Context Protocol that is not connected yet: give it a transport (`server.connect`). It offers
 * `call_tools`, which answers a request with tool calls and runs none, and `classify`, which names a text's intent or intents, or scores it.
 * @throws RuntimeError where there is neither a runtime nor a classifier
 */
export function createMcpServer(options: McpServerOptions): Server {
  const { runtime, classifier, name = 'tooltune' } = options;
  const offered = [
    ...(runtime === undefined ? [] : [callTools(runtime)]),
    ...(classifier === undefined ? [] : [classify(classifier)]),
  ];
  if (offered.length === 0) throw new RuntimeError('runtime/bad-options', 'give a runtime, a classifier, or both');
  const server = new Server({ name, version: '0.1.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: offered.map(({ tool }) => tool) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }): Promise<CallToolResult> => {
    const called = offered.find(({ tool }) => tool.name === params.name);
    if (called === undefined) throw new McpError(ErrorCode.InvalidParams, `there is no tool ${params.name}`);
    const values = params.arguments ?? {};
    for (const argument of called.tool.inputSchema.required ?? []) {
      if (typeof values[argument] === 'string' && values[argument].trim() !== '') continue;
      throw new McpError(ErrorCode.InvalidParams, `${params.name} needs ${argument}, a text that is not empty`);
    }
    try {
      const result = await called.answer(values, signal);
      return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: result };
    } catch (error) {
      signal.throwIfAborted();
      return {
        content: [{ type: 'text', text: error instanceof Error ? error.message : String(error) }],
        isError: true,
      };
    }
  });
  return server;
}

const annotations = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };

function callTools(runtime: Pick<ToolRuntime, 'call' | 'toolset'>): OfferedTool {
  const names = runtime.toolset.tools.map(({ name }) => name).join(', ');
  return {
    tool: {
      name: 'call_tools',
      description: `Turns a request in words into calls of these tools: ${names}. Runs none of them.`,
      inputSchema: {
        type: 'object',
        properties: { request: { type: 'string', description: 'What the user says.' } },
        required: ['request'],
      },
      outputSchema: {
        type: 'object',
        properties: {
          calls: {
            type: 'array',
            items: {
              type: 'object',
              properties: { name: { type: 'string' }, arguments: { type: 'object' } },
              required: ['name', 'arguments'],
            },
          },
          content: { type: 'string', description: 'What was said beside the calls.' },
        },
        required: ['calls', 'content'],
      },
      annotations,
    },
    async answer({ request }, signal) {
      const answer = await runtime.call([{ role: 'user', content: String(request) }], { signal });
      return {
        calls: answer.calls.map((call) => ({ name: call.name, arguments: call.arguments })),
        content: answer.content,
      };
    },
  };
}

type OfferedClassifier = Pick<LlamaIntentClassifier, 'classify' | 'intents' | 'kind'>;

function classify(classifier: OfferedClassifier): OfferedTool {
  return {
    tool: {
      name: 'classify',
      description: describeClassifier(classifier),
      inputSchema: {
        type: 'object',
        properties: { text: { type: 'string', description: 'What the user says.' } },
        required: ['text'],
      },
      outputSchema: {
        type: 'object',
        properties: {
          intent: { type: ['string', 'null'] },
          probability: { type: 'number' },
          top: { type: 'array', items: { type: 'object' } },
          ...outputOf(classifier.kind),
        },
        required: ['intent', 'probability'],
      },
      annotations,
    },
    async answer({ text }, signal) {
      const answer = await classifier.classify(String(text), { signal, topK: 3 });
      const { intent, probability, top, intents, score } = answer;
      return { intent, probability, top, ...(intents && { intents }), ...(score && { score }) };
    },
  };
}

function describeClassifier({ kind, intents }: OfferedClassifier): string {
  if (kind === 'multi') return `Names all intents of a text, or none. ${intents.length} intents are known.`;
  if (kind === 'ordinal') return `Scores a text. The levels, from the lowest: ${intents.join(', ')}.`;
  return `Names the intent of a text, or none where it is out of scope. ${intents.length} intents are known.`;
}

/** What an answer has beside its likeliest intent. */
function outputOf(kind: OfferedClassifier['kind']): Record<string, object> {
  if (kind === 'multi') return { intents: { type: 'array', items: { type: 'string' } } };
  if (kind !== 'ordinal') return {};
  const numbers = { value: { type: 'number' }, expected: { type: 'number' } };
  return { score: { type: 'object', properties: { level: { type: 'string' }, ...numbers } } };
}
