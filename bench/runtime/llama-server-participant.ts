import type { PromptRenderer, Tokenizer, Toolset } from '@tooltune/sdk';
import { startLlamaServer } from '../../packages/runtime/test/remote/llama-server.js';
import { type Answered, FirstArgument, type Participant, readCall } from './participant.js';

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
  const flags = { '-m': modelPath, '--lora': adapterPath, '-c': contextSize, '-t': threads, '-np': 1 };
  const { url, stop } = await startLlamaServer(program, flags);
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
    dispose: stop,
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
