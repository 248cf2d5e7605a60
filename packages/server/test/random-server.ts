import { type AdapterPool, createAdapterPool } from '@tooltune/runtime';
import { parseToolset, type Tool } from '@tooltune/sdk';
import OpenAI from 'openai';
import { createRandomAdapters } from '../../runtime/test/random-adapters.js';
import { createServer, type ListeningServer, listen, type ServerOptions } from '../src/index.js';

const tool = (name: string, ...names: string[]): Tool => ({
  name,
  description: `Switches the ${name}.`,
  parameters: {
    type: 'object',
    properties: Object.fromEntries(names.map((property) => [property, { enum: ['on', 'off'] }])),
    required: names,
    additionalProperties: false,
  },
});

/** Tools of the adapter `home`. */
export const lamp = tool('lamp', 'state');
export const radio = tool('radio', 'state');

/** A tool whose calls take long to write. */
export const longTool = {
  type: 'function' as const,
  function: {
    name: 'note',
    parameters: { type: 'object', properties: { text: { type: 'string', minLength: 600 } }, required: ['text'] },
  },
};

/** Intents of the adapter `classes`. */
export const intents = ['greeting', 'thanks', 'farewell'];

/** A pool of random adapters, which is served as often as is asked. */
export interface RandomPool {
  pool: AdapterPool;
  /** Listens on a free port until the pool is removed, or it is closed. */
  serve(options?: Omit<ServerOptions, 'pool'>): Promise<ListeningServer>;
  remove(): Promise<void>;
}

/** A tiny random base with an adapter that calls tools (`home`) and one that names intents (`classes`). */
export async function createRandomPool(): Promise<RandomPool> {
  const adapters = await createRandomAdapters();
  const pool = await createAdapterPool({
    base: adapters.basePath,
    adapters: {
      home: await adapters.writeTools('home', parseToolset([lamp, radio]), 1),
      classes: await adapters.writeIntents('classes', intents, 2),
    },
    ...{ threads: 1, sequences: 2, maxTokens: 60 },
  });
  const servers: ListeningServer[] = [];
  return {
    pool,
    async serve(options = {}) {
      const server = await listen(createServer({ pool, ...options }), { port: 0 });
      servers.push(server);
      return server;
    },
    async remove() {
      await Promise.all(servers.map((server) => server.close({ graceMs: 0 })));
      await pool.dispose();
      await adapters.remove();
    },
  };
}

/** OpenAI's own client; it does not try again, so that tests see what it was told. */
export function clientOf({ url }: ListeningServer, apiKey = 'none'): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
}
