import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDataset } from '@tooltune/sdk';
import { connectMcp, mcpToolset } from '@tooltune/sdk/mcp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyIntentRows } from '../../trainer/test/tiny-intents.js';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';
import { tinyExamples, tinyToolset } from '../../trainer/test/tiny-training.js';
import { type BundledCli, bundleCli } from './run-cli.js';

let cli: BundledCli;
let folder: string;
const settings = ['--base', 'model.gguf', '--threads', '1', '--rank', '2', '--epochs', '1', '--batch-size', '4'];

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-mcp-'));
  await writeTinyModel(join(folder, 'model.gguf'), { contextLength: 1024 });
  await writeFile(join(folder, 'tools.json'), JSON.stringify(tinyToolset.tools));
  await writeFile(join(folder, 'tools.jsonl'), formatDataset(tinyExamples));
  await writeFile(join(folder, 'intents.jsonl'), formatDataset(tinyIntentRows));
  const caller = ['--tools', 'tools.json', '--data', 'tools.jsonl', '--out', 'caller', '--replay', '0'];
  const trained = [
    await cli.run(['train', ...caller, ...settings], { cwd: folder }),
    await cli.run(['train', '--intents', '--data', 'intents.jsonl', '--out', 'classifier', ...settings], {
      cwd: folder,
    }),
  ];
  expect(trained.map(({ exitCode, stderr }) => (exitCode === 0 ? '' : stderr))).toEqual(['', '']);
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune mcp', () => {
  it('offers a caller and a classifier over stdio', async () => {
    const args = [cli.program, 'mcp', 'caller', 'classifier', '--base', 'model.gguf', '--threads', '1'];
    const client = await connectMcp({ command: process.execPath, args, cwd: folder });
    try {
      const { toolset, callTool } = await mcpToolset(client);
      expect(toolset.tools.map(({ name }) => name)).toEqual(['call_tools', 'classify']);
      const called = await callTool({ name: 'call_tools', arguments: { request: 'light on' } });
      expect(called.structuredContent).toEqual({ calls: expect.any(Array), content: expect.any(String) });
      const { structuredContent } = await callTool({ name: 'classify', arguments: { text: 'lamp on' } });
      expect((structuredContent as { top: unknown[] }).top).toHaveLength(3);
      expect((structuredContent as { probability: number }).probability).toBeGreaterThan(0);
    } finally {
      await client.close();
    }
  });

  it('ends when its client goes away, and writes nothing but the protocol to stdout', async () => {
    const ended = await cli.run(['mcp', 'classifier', '--base', 'model.gguf', '--threads', '1'], { cwd: folder });
    expect(ended).toMatchObject({ exitCode: 0, stdout: '' });
    expect(ended.stderr).toContain('classifier: answering over stdin and stdout');
  });

  it('says what is wrong with what it is given', async () => {
    const two = await cli.run(['mcp', 'caller', 'caller', '--base', 'model.gguf'], { cwd: folder });
    expect(two.exitCode).toBe(1);
    expect(two.stderr).toContain('both call tools');
    const none = await cli.run(['mcp', 'nothing'], { cwd: folder });
    expect(none.exitCode).toBe(1);
    expect((await cli.run(['mcp'], { cwd: folder })).exitCode).toBe(2);
  });
});
