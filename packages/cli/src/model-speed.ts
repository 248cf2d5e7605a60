import type { ModelEngine } from '@tooltune/runtime';

/** Tokens a second. */
export interface ModelSpeed {
  /** Of a prompt. */
  promptTokens: number;
  /** Of an answer, one after another. */
  decodeTokens: number;
}

const rounds = 5;
const promptLength = 256;
const answerLength = 16;

/**
 * Measures models in turn, so that a busy moment is everybody's: the best of some rounds of each.
 * @throws EngineError, the signal's reason
 */
export async function measureModelSpeed(
  paths: readonly string[],
  options: { threads?: number | undefined; signal?: AbortSignal | undefined },
): Promise<ModelSpeed[]> {
  const { createLlamaEngine } = await import('@tooltune/runtime');
  const engines: ModelEngine[] = [];
  try {
    for (const modelPath of paths) {
      engines.push(await createLlamaEngine({ modelPath, contextSize: 512, threads: options.threads }));
    }
    const speeds = paths.map((): ModelSpeed => ({ promptTokens: 0, decodeTokens: 0 }));
    for (let round = 0; round < rounds; round++) {
      for (const [index, engine] of engines.entries()) {
        options.signal?.throwIfAborted();
        const { promptTokens, decodeTokens } = await measureOnce(engine);
        const best = speeds[index]!;
        best.promptTokens = Math.max(best.promptTokens, promptTokens);
        best.decodeTokens = Math.max(best.decodeTokens, decodeTokens);
      }
    }
    return speeds;
  } finally {
    for (const engine of engines) await engine.dispose();
  }
}

/** Any tokens will do: how long they take does not depend on what they say. */
async function measureOnce(engine: ModelEngine): Promise<ModelSpeed> {
  const tokens = Array.from({ length: promptLength }, (_, index) => 1000 + ((index * 7919) % 20_000));
  const sequence = await engine.acquireSequence(tokens);
  try {
    await sequence.truncate(0);
    const started = performance.now();
    await sequence.evaluate(tokens, { kind: 'best' });
    const read = performance.now();
    for (let index = 0; index < answerLength; index++) await sequence.evaluate([tokens[index]!], { kind: 'best' });
    const written = performance.now();
    return {
      promptTokens: (1000 * promptLength) / (read - started),
      decodeTokens: (1000 * answerLength) / (written - read),
    };
  } finally {
    sequence.release();
  }
}
