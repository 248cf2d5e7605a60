import { describe, expect, it } from 'vitest';
import { TooltuneError } from '../errors/index.js';
import {
  SchemaError,
  validateAdapterManifest,
  validateDatasetRow,
  validateEvaluationReport,
  validateToolsetFile,
} from './index.js';

const sha256 = 'a'.repeat(64);

const manifest = {
  formatVersion: 1,
  createdBy: '@tooltune/trainer 0.1.0',
  base: { id: 'smollm2-135m', sha256, architecture: 'llama' },
  toolsetFingerprint: sha256,
  prompt: {
    tools: 'none',
    callFormat: 'json-in-tags',
    system: null,
    chatTemplateSha256: sha256,
    tokenizerSha256: sha256,
  },
  lora: { rank: 16, alpha: 32, targets: ['attn_q'] },
  training: {
    seed: 1,
    rows: 10,
    validationRows: 0,
    dataSha256: [sha256],
    epochs: 1,
    batchSize: 4,
    learningRate: 0.001,
    warmupFraction: 0.1,
    weightDecay: 0,
    maxGradientNorm: 1,
    steps: 3,
    trainLoss: 0.5,
    validationLoss: null,
  },
  grounding: { book: { city: 'span' } },
  files: { 'adapter.gguf': sha256 },
};

function problemsOf(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof SchemaError) {
      return error.problems.map(({ location, message }) => `${location.file} ${location.pointer ?? ''} ${message}`);
    }
    throw error;
  }
  return [];
}

describe('validateAdapterManifest', () => {
  it('gives back a manifest that follows its schema', () => {
    expect(validateAdapterManifest(manifest)).toBe(manifest);
  });

  it('names the file, the pointer and the fault of everything wrong', () => {
    const { seed: _, ...training } = manifest.training;
    const wrong = {
      ...manifest,
      base: { ...manifest.base, sha256: 'short' },
      training: { ...training, 'learning/rate': 1 },
      grounding: { book: { city: 'always' } },
    };
    expect(problemsOf(() => validateAdapterManifest(wrong, { file: 'A/manifest.json' }))).toEqual([
      'A/manifest.json /base/sha256 must match pattern "^[0-9a-f]{64}$"',
      'A/manifest.json /training "seed" is missing',
      'A/manifest.json /training/learning~1rate "learning/rate" is not known here; remove it',
      'A/manifest.json /grounding/book/city must be one of "span", "span-ci"',
    ]);
  });

  it('asks how an adapter was trained, or where it was imported from', () => {
    const { training: _, ...untrained } = manifest;
    expect(problemsOf(() => validateAdapterManifest(untrained))).toEqual(['manifest.json  "imported" is missing']);
    const imported = { format: 'peft', baseModel: null, files: { 'adapter_model.safetensors': sha256 } };
    expect(problemsOf(() => validateAdapterManifest({ ...untrained, imported }))).toEqual([]);
  });

  it('tells an adapter that names intents by its task, and says what it lacks', () => {
    const { toolsetFingerprint: _tools, grounding: _grounding, prompt, ...common } = manifest;
    const { tools: _, callFormat: _format, ...intentPrompt } = prompt;
    const labels = [
      { intent: 'pay', token: 7 },
      { intent: null, token: 9 },
    ];
    const calibration = { temperature: 1.2, rows: 20, threshold: { score: 'in-scope', value: 0.6 } };
    const intents = { ...common, task: 'intents', prompt: intentPrompt, labels, calibration };
    expect(validateAdapterManifest(intents)).toBe(intents);
    const { calibration: _missing, ...uncalibrated } = intents;
    const wrong = { ...uncalibrated, prompt, labels: [{ intent: 'pay', token: -1 }, ...labels] };
    expect(problemsOf(() => validateAdapterManifest(wrong))).toEqual([
      'manifest.json  "calibration" is missing',
      'manifest.json /prompt/tools "tools" is not known here; remove it',
      'manifest.json /prompt/callFormat "callFormat" is not known here; remove it',
      'manifest.json /labels/0/token must be >= 0',
    ]);
    expect(validateAdapterManifest({ ...manifest, task: 'tools' })).toMatchObject({ task: 'tools' });
    expect(problemsOf(() => validateAdapterManifest({ ...manifest, task: 'verses' }))).toEqual([
      'manifest.json /task must be "tools"',
    ]);
  });

  it('throws an error with a stable code, which any copy of the package knows', () => {
    expect(() => validateAdapterManifest(3)).toThrow(SchemaError);
    try {
      validateAdapterManifest(3);
    } catch (error) {
      expect(TooltuneError.isInstance(error) && error.code).toBe('schema/invalid');
    }
  });
});

describe('the other formats', () => {
  it('refuses a toolset without tools', () => {
    expect(problemsOf(() => validateToolsetFile([]))).toEqual([
      'tools.json  must NOT have fewer than 1 items, or must be object',
    ]);
  });

  it('takes a dataset row of each shape', () => {
    const messages = [{ role: 'user', content: 'hello' }];
    for (const row of [
      { messages: [...messages, { role: 'assistant', content: 'hi' }] },
      { messages, calls: [] },
      { text: 'hello', intent: null },
    ]) {
      expect(validateDatasetRow(row)).toBe(row);
    }
    expect(problemsOf(() => validateDatasetRow({ text: 'hello' }))).not.toEqual([]);
  });

  it('refuses an evaluation report of another version', () => {
    const report = {
      formatVersion: 2,
      createdBy: 'x',
      dataset: { file: 'd', sha256, rows: 0 },
      toolsetFingerprint: sha256,
      configurations: [],
    };
    expect(problemsOf(() => validateEvaluationReport(report))).toEqual([
      'report.json /formatVersion must be 1',
      'report.json /configurations must NOT have fewer than 1 items',
    ]);
  });
});
