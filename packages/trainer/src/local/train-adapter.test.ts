import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type AdapterManifest,
  createPromptRenderer,
  createTokenizer,
  defaultPromptFormat,
  type Example,
} from '@tooltune/sdk';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { withLlamaCpp } from '../../test/llama-cpp.js';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { copyingExamples, tinyExamples, tinyToolset, trainTiny } from '../../test/tiny-training.js';
import { openGguf } from '../model/gguf-reader.js';
import { projections } from '../model/lora-parameters.js';
import { readSafetensors } from '../model/safetensors.js';
import type { TrainAdapterOptions } from './train-adapter.js';
import type { TrainingEvent } from './training-events.js';

const folder = useTemporaryFolder();

beforeAll(async () => {
  await writeTinyModel(join(folder(), 'model.gguf'));
});

let outputs = 0;

/** Trains into a new folder; gives the folder's name and what happened. */
async function train(overrides: Partial<TrainAdapterOptions> = {}, output = `output-${++outputs}`) {
  const events: TrainingEvent[] = [];
  const onEvent = (event: TrainingEvent) => {
    events.push(event);
    overrides.onEvent?.(event);
  };
  const trained = await trainTiny(folder(), output, { ...overrides, onEvent });
  return { ...trained, events, output };
}

/** Every file of a bundle but its log, as text that compares byte by byte. */
async function bundleFiles(output: string): Promise<Record<string, string>> {
  const path = join(folder(), output);
  // The log tells times.
  const names = (await readdir(path)).filter((name) => name !== 'run.jsonl').sort();
  const contents = await Promise.all(names.map((name) => readFile(join(path, name), 'base64')));
  return Object.fromEntries(names.map((name, index) => [name, contents[index]!]));
}

function stepLosses(events: readonly TrainingEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
}

/** Bundle of a run that nobody disturbed, with the default options of these tests. */
let undisturbed: Record<string, string>;
let undisturbedEvents: readonly TrainingEvent[];

beforeAll(async () => {
  const { output, events } = await train();
  undisturbed = await bundleFiles(output);
  undisturbedEvents = events;
});

describe('trainAdapter', () => {
  it('lowers the loss, on rows it learns from and on rows like them', async () => {
    const { events, manifest } = await train({ hyperparameters: { epochs: 12 } });
    const losses = stepLosses(events);
    expect(losses).toHaveLength(36);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 3);
    const epochs = events.filter((event) => event.type === 'epoch');
    expect(epochs).toHaveLength(12);
    expect(epochs.at(-1)!.validation!.loss).toBeLessThan(epochs[0]!.validation!.loss);
    expect(manifest.training.trainLoss).toBe(epochs.at(-1)!.trainLoss);
    expect(manifest.training.validationLoss).toBe(epochs.at(-1)!.validation!.loss);
  });

  it('tells what it is doing', () => {
    expect(undisturbedEvents.map(({ type }) => type).filter((type) => type !== 'step')).toEqual([
      'start',
      ...['validation', 'epoch', 'checkpoint'],
      ...['validation', 'epoch', 'checkpoint'],
      ...['validation', 'epoch', 'checkpoint'],
      'finish',
    ]);
    expect(undisturbedEvents[0]).toMatchObject({ examples: 8, validationExamples: 2, steps: 9, resumedSteps: 0 });
    const steps = undisturbedEvents.filter((event) => event.type === 'step');
    expect(steps.map(({ step, epoch }) => [step, epoch])).toEqual(
      Array.from({ length: 9 }, (_, index) => [index + 1, Math.floor(index / 3) + 1]),
    );
    expect(steps.at(-1)!.secondsLeft).toBe(0);
  });

  it('leaves a bundle and nothing else', () => {
    const peft = ['adapter_config.json', 'adapter_model.safetensors'];
    expect(Object.keys(undisturbed)).toEqual(['adapter.gguf', ...peft, 'manifest.json', 'tools.json']);
  });

  it('says in the manifest what the adapter was made from, and what its files are', async () => {
    const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    const { manifest } = await train({ dataSha256: ['0'.repeat(64)], hyperparameters: { epochs: 1 } });
    expect(manifest).toMatchObject({
      base: { id: 'tiny', architecture: 'llama', sha256: sha256(await readFile(join(folder(), 'model.gguf'))) },
      toolsetFingerprint: tinyToolset.fingerprint,
      prompt: defaultPromptFormat,
      lora: { rank: 4, alpha: 8, targets: projections },
      training: {
        seed: 1,
        rows: 8,
        validationRows: 2,
        epochs: 1,
        batchSize: 3,
        steps: 3,
        dataSha256: ['0'.repeat(64)],
      },
    });
    const written = JSON.parse(Buffer.from(undisturbed['manifest.json']!, 'base64').toString()) as AdapterManifest;
    const others = Object.keys(undisturbed).filter((name) => name !== 'manifest.json');
    expect(Object.keys(written.files).sort()).toEqual(others);
    for (const name of others) {
      expect(written.files[name]).toBe(sha256(Buffer.from(undisturbed[name]!, 'base64')));
    }
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const again = await bundleFiles((await train()).output);
    const other = await bundleFiles((await train({ seed: 2 })).output);
    expect(again).toEqual(undisturbed);
    expect(other['adapter.gguf']).not.toBe(undisturbed['adapter.gguf']);
    expect(other['tools.json']).toBe(undisturbed['tools.json']);
  });

  it('gives nearly the same losses however the work is divided into passes', async () => {
    // One row a pass, and all at once.
    const [small, large] = await Promise.all([train({ maxTokensPerPass: 1 }), train({ maxTokensPerPass: 4096 })]);
    const [a, b] = [stepLosses(small.events), stepLosses(large.events)];
    a.forEach((loss, index) => {
      expect(Math.abs(loss / b[index]! - 1)).toBeLessThan(1e-3);
    });
    expect(Math.abs(a[0]! / b[0]! - 1)).toBeLessThan(1e-5);
  });

  it('reports as validation loss the mean over label tokens, by hand from the logits', async () => {
    const { manifest, output, events } = await train();
    const path = join(folder(), 'model.gguf');
    const { metadata } = await openGguf(path);
    const renderer = createPromptRenderer({
      tokenizer: createTokenizer(metadata),
      chatTemplate: metadata['tokenizer.chat_template'] as string,
      format: defaultPromptFormat,
      toolset: tinyToolset,
    });
    const examples = tinyExamples.slice(8).map(({ messages }) => renderer.renderExample(messages));
    const adapter = join(folder(), output, 'adapter.gguf');
    // llama.cpp with the bundle's adapter: nothing of the trainer's own graph.
    const logits = await withLlamaCpp({ model: path, adapter, contextSize: 256, cache: 'F32', threads: 1 }, (model) =>
      model.labelLogits(examples),
    );
    let row = 0;
    let sum = 0;
    let exact = 0;
    for (const { tokens, labelMask } of examples) {
      let right = true;
      for (const [at, label] of tokens.entries()) {
        if (labelMask[at] !== 1) continue;
        const scores = [...logits[row++]!];
        const largest = Math.max(...scores);
        sum += largest + Math.log(scores.reduce((a, score) => a + Math.exp(score - largest), 0)) - scores[label]!;
        right &&= scores[label] === largest;
      }
      if (right) exact++;
    }
    expect(row).toBe(logits.length);
    expect(manifest.training.validationLoss).toBeCloseTo(sum / row, 3);
    const last = events.findLast((event) => event.type === 'epoch');
    expect(last!.validation!.exact).toBe(exact / examples.length);
  });

  it('scales gradients down to the largest norm allowed', async () => {
    // AdamW's steps do not depend on the size of gradients until they are as small as its epsilon.
    const largestValue = async (maxGradientNorm: number) => {
      const { output } = await train({ hyperparameters: { maxGradientNorm, epochs: 1 } });
      const file = await openGguf(join(folder(), output, 'adapter.gguf'));
      const { data } = await file.readTensor('blk.0.attn_q.weight.lora_b');
      return Math.max(...data.map(Math.abs));
    };
    expect(await largestValue(1e-9)).toBeLessThan((await largestValue(1)) / 5);
  });

  it('rises and falls with the schedule', () => {
    const rates = undisturbedEvents.flatMap((event) => (event.type === 'step' ? [event.learningRate] : []));
    // Nine steps, one of them warm-up.
    expect(rates[0]).toBeCloseTo(1e-2, 10);
    rates.slice(1).forEach((rate, index) => {
      expect(rate).toBeCloseTo((1e-2 * (1 + Math.cos((Math.PI * (index + 1)) / 9))) / 2, 10);
    });
  });
});

describe('trainAdapter, exchanging copied values', () => {
  const training = copyingExamples;

  it('learns from other values in every epoch, the same for the same seed', async () => {
    const trained = async (valueExchange: number) => {
      const { output, manifest } = await train({ training, hyperparameters: { valueExchange } });
      expect(manifest.training.valueExchange).toBe(valueExchange);
      return (await bundleFiles(output))['adapter.gguf'];
    };
    const [none, some, again] = [await trained(0), await trained(0.8), await trained(0.8)];
    expect(again).toBe(some);
    expect(some).not.toBe(none);
  });

  it('ends as if it had not been stopped, inside an epoch and between two', async () => {
    const exchanging = { training, hyperparameters: { valueExchange: 0.8 } };
    const whole = await train({ ...exchanging });
    for (const stopAt of [4, 6]) {
      const controller = new AbortController();
      const onEvent = (event: TrainingEvent) => {
        if (event.type === 'step' && event.step === stopAt) controller.abort();
      };
      const output = `exchanging-${stopAt}`;
      await expect(train({ ...exchanging, signal: controller.signal, onEvent }, output)).rejects.toThrow();
      await train({ ...exchanging, resume: true }, output);
      expect(await bundleFiles(output)).toEqual(await bundleFiles(whole.output));
    }
  });

  it('never makes a row longer than the longest', async () => {
    // As long as the model can read: with the long name it would be too long.
    const { messages } = copyingExamples[0]!;
    const request = (content: string): Example => ({
      ...copyingExamples[0]!,
      messages: [{ role: 'user', content }, ...messages.slice(1)],
    });
    const longName = 'A'.repeat(40);
    const answer = { role: 'assistant', content: null, toolCalls: [{ name: 'play', arguments: { artist: longName } }] };
    const rows = [
      request(`${'a '.repeat(150)}Abba`),
      { ...copyingExamples[0]!, messages: [{ role: 'user', content: `play ${longName}` }, answer] } as Example,
    ];
    const { events } = await train({
      training: [...rows, ...copyingExamples],
      // Room for the longest row and no more.
      maxTokensPerPass: 1,
      hyperparameters: { valueExchange: 1, epochs: 8 },
    });
    const start = events.find((event) => event.type === 'start');
    expect(start!.longestExampleTokens).toBeGreaterThan(200);
  });
});

describe('trainAdapter, stopped and resumed', () => {
  it('saves a checkpoint when it is aborted inside an epoch, and ends as if it had not been', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const onEvent = (event: TrainingEvent) => {
      if (event.type === 'step' && event.step === 5) controller.abort(reason);
    };
    const output = 'aborted';
    await expect(train({ signal: controller.signal, onEvent }, output)).rejects.toBe(reason);
    expect(await readdir(join(folder(), output))).toEqual(['checkpoint.safetensors', 'run.jsonl']);
    const { metadata } = await readSafetensors(join(folder(), output, 'checkpoint.safetensors'));
    expect(JSON.parse(metadata.progress!)).toMatchObject({ step: 5 });

    const { events } = await train({ resume: true }, output);
    expect(events[0]).toMatchObject({ type: 'start', resumedSteps: 5 });
    expect(stepLosses(events)).toEqual(stepLosses(undisturbedEvents).slice(5));
    expect(await bundleFiles(output)).toEqual(undisturbed);
  });

  it('ends as if it had not been stopped, wherever that was', async () => {
    // Stopped again and again: before the first step, in the middle of an epoch, at an epoch's end.
    const output = 'often';
    for (const stopAt of [0, 1, 3, 4, 8]) {
      const controller = new AbortController();
      const onEvent = (event: TrainingEvent) => {
        if (event.type === 'start' && event.resumedSteps === stopAt) controller.abort();
        if (event.type === 'step' && event.step === stopAt) controller.abort();
      };
      await expect(train({ signal: controller.signal, onEvent, resume: stopAt > 0 }, output)).rejects.toThrow();
    }
    await train({ resume: true }, output);
    expect(await bundleFiles(output)).toEqual(undisturbed);
  });

  it('ends as if it had not been stopped, when that was after the last step', async () => {
    const output = 'late';
    const onEvent = (event: TrainingEvent) => {
      if (event.type === 'checkpoint' && event.step === 9) throw new Error('no power');
    };
    await expect(train({ onEvent }, output)).rejects.toThrow('no power');
    // As far as half of the bundle may have been written.
    await writeFile(join(folder(), output, 'adapter.gguf'), 'GGUF');
    await train({ resume: true }, output);
    expect(await bundleFiles(output)).toEqual(undisturbed);
  });

  it('ends as if it had not been killed', async () => {
    // After five steps of three an epoch the checkpoint is that of step 3.
    const script = await bundleScript();
    try {
      const output = 'killed';
      const child = spawn(process.execPath, [script, folder(), output, '5'], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
      expect(await readdir(join(folder(), output))).toEqual(['checkpoint.safetensors', 'run.jsonl']);
      const { events } = await train({ resume: true }, output);
      expect(events[0]).toMatchObject({ resumedSteps: 3 });
      expect(await bundleFiles(output)).toEqual(undisturbed);
    } finally {
      await rm(dirname(script), { recursive: true });
    }
  });

  it('starts anew where there is nothing to resume', async () => {
    const { output, events } = await train({ resume: true });
    expect(events[0]).toMatchObject({ resumedSteps: 0 });
    expect(await bundleFiles(output)).toEqual(undisturbed);
  });

  it.each<[string, Partial<TrainAdapterOptions>]>([
    ['learningRate', { hyperparameters: { learningRate: 2e-2 } }],
    ['rank', { hyperparameters: { rank: 5 } }],
    ['valueExchange', { hyperparameters: { valueExchange: 0.5 } }],
    ['epochs', { hyperparameters: { epochs: 4 } }],
    ['seed', { seed: 7 }],
    ['threads', { threads: 2 }],
    ['maxTokensPerPass', { maxTokensPerPass: 100 }],
    ['examples', { training: tinyExamples.slice(0, 7) }],
    ['prompt', { promptFormat: { ...defaultPromptFormat, system: 'Other.' } }],
  ])('refuses to resume with another %s, naming it', async (name, overrides) => {
    const controller = new AbortController();
    controller.abort();
    const output = `other-${name}`;
    await expect(train({ signal: controller.signal }, output)).rejects.toThrow();
    await expect(train({ ...overrides, resume: true }, output)).rejects.toMatchObject({
      code: 'training/checkpoint-differs',
      message: expect.stringMatching(new RegExp(`another run: (.*; )?${name} was .*, is `)),
    });
  });

  it('begins anew where a run was killed while it wrote its first checkpoint', async () => {
    await mkdir(join(folder(), 'first-checkpoint'));
    await writeFile(join(folder(), 'first-checkpoint', '.checkpoint.safetensors.17.tmp'), 'half');
    await train({}, 'first-checkpoint');
    expect(await bundleFiles('first-checkpoint')).toEqual(undisturbed);
  });

  it('leaves nothing half-written when the bundle cannot be written, and can be resumed then', async () => {
    const path = join(folder(), 'blocked');
    // A folder stands where the manifest is to be.
    const onEvent = (event: TrainingEvent) => {
      if (event.type === 'checkpoint' && event.step === 9) mkdirSync(join(path, 'manifest.json'));
    };
    await expect(train({ onEvent }, 'blocked')).rejects.toMatchObject({ code: 'file/not-a-file' });
    await rmdir(join(path, 'manifest.json'));
    expect(await readdir(path)).toEqual(['checkpoint.safetensors', 'run.jsonl']);
    await train({ resume: true }, 'blocked');
    expect(await bundleFiles('blocked')).toEqual(undisturbed);
  });

  it('refuses a checkpoint that is damaged', async () => {
    const path = join(folder(), 'damaged');
    await mkdir(path);
    await writeFile(join(path, 'checkpoint.safetensors'), 'nothing');
    await expect(train({ resume: true }, 'damaged')).rejects.toMatchObject({ code: 'safetensors/unreadable' });
  });
});

describe('trainAdapter refuses', () => {
  it('a folder that is not empty, and one with a finished adapter', async () => {
    const path = join(folder(), 'full');
    await mkdir(path);
    await copyFile(join(folder(), 'model.gguf'), join(path, 'mine.gguf'));
    for (const resume of [true, false]) {
      await expect(train({ resume }, 'full')).rejects.toMatchObject({
        code: 'training/output-not-empty',
        location: { file: path },
      });
    }
    const { output } = await train({ hyperparameters: { epochs: 1 } });
    for (const resume of [true, false]) {
      await expect(train({ resume }, output)).rejects.toMatchObject({
        code: 'training/output-not-empty',
        message: expect.stringContaining('finished adapter'),
      });
    }
  });

  it('rows that are too long, with file and line', async () => {
    const [first, second, third] = tinyExamples as [Example, Example, Example];
    const long: Example = {
      ...tinyExamples[1]!,
      messages: [{ role: 'user', content: 'word '.repeat(300) }, ...tinyExamples[1]!.messages.slice(1)],
      location: second.location,
    };
    const output = 'too-long';
    await expect(train({ training: [first, long, third] }, output)).rejects.toMatchObject({
      code: 'training/bad-rows',
      message: expect.stringMatching(/1 of 3 rows.*\n {2}rows\.jsonl:2: \d+ tokens, at most 256 fit/),
    });
    await expect(train({ validation: [long] }, 'too-long-2')).rejects.toMatchObject({ code: 'training/bad-rows' });
  });

  it('rows with nothing to learn, and intents', async () => {
    const message = { role: 'assistant', content: 'Hello', weight: 0 } as const;
    const silent: Example = { ...tinyExamples[0]!, messages: [...tinyExamples[0]!.messages.slice(0, 1), message] };
    const intent: Example = { kind: 'intent', text: 'x', intent: 'y', location: { file: 'intents.jsonl', line: 9 } };
    await expect(train({ training: [silent, intent] }, 'silent')).rejects.toMatchObject({
      code: 'training/bad-rows',
      message: expect.stringMatching(/rows\.jsonl:1: nothing to learn\n {2}intents\.jsonl:9: an intent row/),
    });
  });

  it('many rows at once, naming the first ten', async () => {
    const long = 'word '.repeat(300);
    const rows = Array.from({ length: 12 }, (_, index): Example => {
      const { messages } = tinyExamples[0]!;
      return {
        ...tinyExamples[0]!,
        messages: [{ role: 'user', content: long }, ...messages.slice(1)],
        location: { file: 'rows.jsonl', line: index + 1 },
      };
    });
    await expect(train({ training: rows }, 'many')).rejects.toMatchObject({
      message: expect.stringMatching(/12 of 12 rows(.*\n){10} {2}rows\.jsonl:10: .*\n {2}and 2 more$/),
    });
  });

  it('no rows at all, and options that make no sense', async () => {
    await expect(train({ training: [] }, 'none')).rejects.toMatchObject({ code: 'training/bad-rows' });
    await expect(train({ hyperparameters: { rank: 0 } }, 'odd')).rejects.toMatchObject({ code: 'training/bad-option' });
  });
});

/** Makes test/train-in-child.ts runnable by Node: a file beside this package's dependencies. */
async function bundleScript(): Promise<string> {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  await mkdir(join(root, '.cache'), { recursive: true });
  const outfile = join(await mkdtemp(join(root, '.cache/train-in-child-')), 'child.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../../test/train-in-child.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: {
      '@tooltune/sdk/drift': join(root, 'packages/sdk/src/drift/index.ts'),
      '@tooltune/sdk/files': join(root, 'packages/sdk/src/files/index.ts'),
      '@tooltune/sdk': join(root, 'packages/sdk/src/index.ts'),
    },
  });
  return outfile;
}
