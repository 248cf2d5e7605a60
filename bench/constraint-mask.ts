/**
 * Time of the constraint engine's parts on real requests, in the tokens of SmolLM2: ours only, one thread, every mask
 * filled as a bitset. Not measured: the model, and other engines.
 */
import { readFile } from 'node:fs/promises';
import { gguf } from '@huggingface/gguf';
import { compileToolConstraint, createVocabulary } from '@tooltune/runtime/constraint';
import { createTokenizer, formatToolCalls, type Tool, type ToolCall } from '@tooltune/sdk';
import { resolveBaseModel } from '@tooltune/sdk/models';

interface Row {
  messages: { content: string }[];
  calls: ToolCall[];
}

// From dist/, where it runs.
const file = new URL('../../packages/runtime/test/fixtures/snips-excerpt.json', import.meta.url);
const { tools, rows } = JSON.parse(await readFile(file, 'utf8')) as { tools: Tool[]; rows: Row[] };
const { path } = await resolveBaseModel('smollm2-135m');
const { metadata } = await gguf(path, { allowLocalFile: true });
const tokenizer = createTokenizer(metadata as Record<string, unknown>);

const results: Record<string, Record<string, string>> = {};

/** Adds a line of percentiles, in µs. */
function report(name: string, milliseconds: number[]): void {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number) => (1000 * sorted[Math.floor(share * (sorted.length - 1))]!).toFixed(1);
  results[name] = { times: String(sorted.length), p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

function timed<Result>(times: number[], work: () => Result): Result {
  const before = performance.now();
  const result = work();
  times.push(performance.now() - before);
  return result;
}

const building: number[] = [];
const vocabulary = timed(building, () => createVocabulary(tokenizer));
report('vocabulary', building);

const grounded = structuredClone(tools);
for (const tool of grounded) {
  for (const property of Object.values(tool.parameters.properties as Record<string, Record<string, string>>)) {
    if (property.type === 'string' && property.enum === undefined) property['x-grounded'] = 'span-ci';
  }
}
const mask = new Uint32Array(Math.ceil(vocabulary.size / 32));
for (const [name, set] of [
  ['free strings', tools],
  ['grounded strings', grounded],
] as const) {
  const options = { tools: set, callFormat: 'json-in-tags', toolChoice: 'auto', parallelCalls: true } as const;
  const compiling: number[] = [];
  const starting: number[] = [];
  const masks: number[] = [];
  const forcing: number[] = [];
  const compiled = timed(compiling, () => compileToolConstraint(options));
  for (const { messages, calls } of rows) {
    const groundingTexts = messages.map(({ content }) => content);
    const walk = timed(starting, () => compiled.start({ vocabulary, groundingTexts, maxTokens: 256 }));
    for (const token of tokenizer.encode(formatToolCalls(calls, 'json-in-tags'), { special: false })) {
      timed(masks, () => walk.fillMask(mask));
      timed(forcing, () => walk.forced());
      if (!walk.allows(token)) break;
      walk.advance(token);
    }
  }
  report(`${name}: compile`, compiling);
  report(`${name}: start`, starting);
  report(`${name}: mask`, masks);
  report(`${name}: forced`, forcing);
}

console.log(`µs, ${tools.length} tools, ${rows.length} requests, ${vocabulary.size} tokens, Node ${process.version}`);
console.table(results);
