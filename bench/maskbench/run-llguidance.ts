import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Vocabulary } from '@tooltune/runtime/constraint';
import { preparePython } from '../measuring/python.js';
import type { EngineResult } from './engine-result.js';
import type { BenchmarkRow } from './rows.js';

const requirement = 'llguidance==1.9.1';

interface WrittenResult {
  versions: Record<string, string>;
  callOverhead: number;
  schemas: EngineResult['schemas'];
}

/** Runs llguidance over the rows in a process of its own, with the same vocabulary, tokens and warm-up. */
export async function runLlguidance(
  rows: readonly BenchmarkRow[],
  vocabulary: Vocabulary,
  options: { warmUp: readonly BenchmarkRow[]; benchFolder: string; cacheFolder: string },
): Promise<EngineResult> {
  const python = await preparePython(join(options.cacheFolder, 'venv'), [requirement]);
  const folder = join(options.cacheFolder, 'maskbench');
  await mkdir(folder, { recursive: true });
  await writeVocabulary(folder, vocabulary);
  const lines = rows.map((row) => {
    const { name, group, schema, tests } = row;
    const walked = tests.map(({ valid, tokens }) => ({ valid, tokens: tokens === undefined ? null : [...tokens] }));
    return JSON.stringify({ name, group, schema, tests: walked, warmUp: options.warmUp.includes(row) });
  });
  await writeFile(join(folder, 'rows.jsonl'), lines.join('\n'));
  await runToEnd(python, [join(options.benchFolder, 'peers/llguidance_maskbench.py'), folder]);
  const { versions, callOverhead, schemas } = JSON.parse(
    await readFile(join(folder, 'result.json'), 'utf8'),
  ) as WrittenResult;
  return {
    engine: 'llguidance',
    versions,
    notes: [
      'LLMatcher: consume_token and unsafe_compute_mask_ptr (the fastest that its Python package has), whitespace_flexible: false',
      `called from Python, which adds about ${callOverhead.toFixed(2)} µs to a mask; garbage collection off`,
      'compiling includes parsing the schema from JSON text, which its API takes; ours is given the parsed schema',
    ],
    schemas,
    times: {
      firstMask: await readTimes(join(folder, 'first-mask.bin')),
      mask: await readTimes(join(folder, 'mask.bin')),
      check: new Float64Array(0),
    },
  };
}

async function writeVocabulary(folder: string, vocabulary: Vocabulary): Promise<void> {
  const { size, endTokens } = vocabulary;
  const tokens = Array.from({ length: size }, (_, token) => vocabulary.tokenBytes(token));
  const offsets = new Int32Array(size + 1);
  for (const [token, { length }] of tokens.entries()) offsets[token + 1] = offsets[token]! + length;
  const specialTokens = [...tokens.keys()].filter((token) => vocabulary.isSpecial(token));
  await writeFile(join(folder, 'vocabulary.json'), JSON.stringify({ size, endTokens, specialTokens }));
  await writeFile(join(folder, 'token-bytes.bin'), Buffer.concat(tokens));
  await writeFile(join(folder, 'token-offsets.bin'), Buffer.from(offsets.buffer));
}

async function readTimes(file: string): Promise<Float64Array> {
  const bytes = await readFile(file);
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function runToEnd(program: string, parameters: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${parameters[0]} ended with ${code}`))));
  });
}
