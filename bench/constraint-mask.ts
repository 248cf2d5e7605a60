/**
 * Time of the constraint engine's parts on real requests, in the tokens of SmolLM2: ours only, one thread, every mask
 * filled as a bitset. Not measured: the model, and other engines.
 */
import { readFile } from 'node:fs/promises';
import { compileToolConstraint, createVocabulary } from '@tooltune/runtime/constraint';
import { formatToolCalls, type Tool, type ToolCall } from '@tooltune/sdk';
import { loadTokenizer } from './measuring/load-tokenizer.js';
import { percentiles, Stopwatch, Times } from './measuring/times.js';

interface Row {
  messages: { content: string }[];
  calls: ToolCall[];
}

// From dist/, where it runs.
const file = new URL('../../packages/runtime/test/fixtures/snips-excerpt.json', import.meta.url);
const { tools, rows } = JSON.parse(await readFile(file, 'utf8')) as { tools: Tool[]; rows: Row[] };
const tokenizer = await loadTokenizer('smollm2-135m');

const stopwatch = new Stopwatch();
const results: Record<string, Record<string, string>> = {};

/** Adds a line of percentiles, in µs. */
function report(name: string, times: Times): void {
  const { count, ...parts } = percentiles(times.all())!;
  const shown = Object.entries(parts).map(([part, time]) => [part, time.toFixed(1)]);
  results[name] = { times: String(count), ...Object.fromEntries(shown) };
}

function timed<Result>(times: Times, work: () => Result): Result {
  stopwatch.start();
  const result = work();
  times.add(stopwatch.stop());
  return result;
}

const building = new Times();
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
  const compiling = new Times();
  const starting = new Times();
  const masks = new Times();
  const forcing = new Times();
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
