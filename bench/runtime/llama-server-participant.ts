import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { PromptRenderer, Tokenizer, Toolset } from '@tooltune/sdk';
import { type Answered, FirstArgument, type Participant } from './participant.js';

export interface LlamaServerOptions {
  /** Path of the `llama-server` program. */
  program: string;
  modelPath: string;
  adapterPath: string;
  threads: number;
  contextSize: number;
  maxTokens: number;
  toolset: Toolset;
  renderer: PromptRenderer;
  tokenizer: Tokenizer;
}

/** llama-server with its JSON Schema, on the prompt and with the adapter that ours has. */
export async function llamaServerParticipant(options: LlamaServerOptions): Promise<Participant> {
  const { program, modelPath, adapterPath, threads, contextSize, maxTokens, toolset, renderer, tokenizer } = options;
  const port = await freePort();
  const flags = { '-m': modelPath, '--lora': adapterPath, '-c': contextSize, '-t': threads, '--port': port, '-np': 1 };
  const server = spawn(
    program,
    Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]),
    {
      stdio: 'ignore',
    },
  );
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(url, server);
  const opening = tokenizer.encode('<tool_call>');
  const json_schema = {
    oneOf: toolset.tools.map(({ name, parameters }) => ({
      type: 'object',
      properties: { name: { const: name }, arguments: parameters },
      required: ['name', 'arguments'],
    })),
  };
  return {
    name: 'llama-server, JSON Schema',
    async answer(request): Promise<Answered> {
      const prompt = [...renderer.renderPrompt([{ role: 'user', content: request }]), ...opening];
      const first = new FirstArgument();
      const body = { prompt, json_schema, n_predict: maxTokens, temperature: 0, cache_prompt: true, stream: true };
      const response = await fetch(`${url}/completion`, { method: 'POST', body: JSON.stringify(body) });
      if (!response.ok || response.body === null) throw new Error(`llama-server: ${await response.text()}`);
      let text = '';
      let given = 0;
      let last: { tokens_predicted?: number; timings?: { prompt_n?: number } } = {};
      for await (const event of events(response.body)) {
        last = event;
        text += event.content ?? '';
        const start = /"arguments"\s*:\s*/.exec(text);
        if (start === null) continue;
        first.push(text.slice(Math.max(given, start.index + start[0].length)));
        given = text.length;
      }
      const totalMs = first.elapsed();
      return {
        ...{ firstArgumentMs: first.ms, totalMs, promptTokens: last.timings?.prompt_n ?? 0 },
        ...{ askedTokens: last.tokens_predicted ?? 0, call: readCall(text) },
      };
    },
    async dispose() {
      server.kill();
    },
  };
}

async function* events(body: ReadableStream<Uint8Array>) {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.startsWith('data: ')) yield JSON.parse(line.slice('data: '.length));
  }
}

function readCall(text: string): Answered['call'] {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

async function untilHealthy(url: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) throw new Error(`llama-server ended with ${server.exitCode}`);
    const response = await fetch(`${url}/health`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  server.kill();
  throw new Error('llama-server was not ready within a minute');
}
