import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateAdapterManifest } from '@tooltune/sdk';
import { mergedFormats } from '@tooltune/trainer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapterFromParameters } from '../../trainer/src/adapter/adapter.js';
import { writePeftFolder } from '../../trainer/src/adapter/peft-folder.js';
import { openGguf } from '../../trainer/src/model/gguf-reader.js';
import { writeGguf } from '../../trainer/src/model/gguf-writer.js';
import { randomAdapter } from '../../trainer/test/random-adapter.js';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';
import { type BundledCli, bundleCli } from './run-cli.js';

const tools = [{ name: 'lamp', parameters: { type: 'object', properties: { on: { type: 'boolean' } } } }];
const importing = ['import', 'peft', '--tools', 'tools.json', '--base', 'model.gguf'];

let cli: BundledCli;
let folder: string;
const run = (...argv: string[]) => cli.run(argv, { cwd: folder });

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-export-'));
  await writeFile(join(folder, 'tools.json'), JSON.stringify(tools));
  const config = await writeTinyModel(join(folder, 'model.gguf'));
  await mkdir(join(folder, 'peft'));
  const adapter = adapterFromParameters(config, randomAdapter(config, 2, 0.1), { rank: 2, alpha: 4 });
  await writePeftFolder(join(folder, 'peft'), config, adapter, 'someone/other-model');
  // The tiny model is not known by its id, so the bundle's own name for it is its path.
  const imported = await run(...importing, '--out', 'adapter');
  expect(imported).toMatchObject({ exitCode: 0, stderr: '' });
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune import', () => {
  it('says what it has made, and what to do next', async () => {
    const { exitCode, stdout } = await run(...importing, '--out', 'an adapter');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\nLoRA +rank 2, alpha 4: attn_q, attn_k/);
    expect(stdout).toContain("tooltune eval 'an adapter' --data held-out.jsonl");
  });

  it('prints the manifest as JSON, and nothing else', async () => {
    const { exitCode, stdout, stderr } = await run(...importing, '--out', 'json', '--prompt', 'names', '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const manifest = validateAdapterManifest(JSON.parse(stdout));
    expect(manifest).toMatchObject({ prompt: { tools: 'names' }, imported: { baseModel: 'someone/other-model' } });
    expect(JSON.parse(await readFile(join(folder, 'json/manifest.json'), 'utf8'))).toEqual(manifest);
  });

  it('notes it when the adapter says that it was trained on another model', async () => {
    const { encodedMetadata, tensors, readEncoded } = await openGguf(join(folder, 'model.gguf'));
    const metadata = Object.fromEntries(
      [...encodedMetadata].map(([key, value]) => [key, { type: 'encoded' as const, value }]),
    );
    const repository = { type: 'string' as const, value: 'someone/tiny-model' };
    await writeGguf(
      join(folder, 'named.gguf'),
      { ...metadata, 'general.source.huggingface.repository': repository },
      [...tensors.values()].map((tensor) => ({ ...tensor, data: () => readEncoded(tensor.name) })),
    );
    const argv = importing.map((argument) => (argument === 'model.gguf' ? 'named.gguf' : argument));
    const { exitCode, stderr } = await run(...argv, '--out', 'doubtful');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^note: .* trained on someone\/other-model; named\.gguf is made from someone\/tiny-model\n$/,
    );
  });

  it('tells the option that it does not understand, with file and pointer', async () => {
    const options = JSON.parse(await readFile(join(folder, 'peft/adapter_config.json'), 'utf8'));
    await mkdir(join(folder, 'odd'));
    await writeFile(join(folder, 'odd/adapter_config.json'), JSON.stringify({ ...options, bias: 'all' }));
    await writeFile(join(folder, 'odd/adapter_model.safetensors'), '');
    const argv = importing.map((argument) => (argument === 'peft' ? 'odd' : argument));
    const result = await run(...argv, '--out', 'never');
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(/^error\[peft\/unsupported\] odd\/adapter_config\.json#\/bias: bias is "all"/);
  });
});

describe('tooltune export --merge', () => {
  it("offers the library's own formats", async () => {
    const { stdout } = await run('export', '--help');
    const choices = mergedFormats.map((format) => `"${format}"`).join(', ');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`(choices: ${choices}, default: "f16")`);
  });

  it('writes one model, and tells how far it is and what it has written', async () => {
    const argv = ['export', 'adapter', '--merge', '--base', 'model.gguf', '--out', 'merged.gguf', '--format', 'q8_0'];
    const first = await run(...argv);
    expect(first).toMatchObject({
      exitCode: 0,
      stdout: 'merged.gguf: 20 tensors, 14 of them changed by the adapter\n',
    });
    expect(first.stderr).toMatch(/^merged\.gguf \d+% .* of .*kB\n(.*\n)*merged\.gguf 100% /);
    const { metadata, tensors } = await openGguf(join(folder, 'merged.gguf'));
    expect(metadata['general.file_type']).toBe(7);
    expect(tensors.get('blk.0.attn_q.weight')!.format).toBe('Q8_0');

    const again = await run(...argv);
    expect(again).toMatchObject({ exitCode: 1, stdout: '' });
    expect(again.stderr).toMatch(/^error\[export\/exists\] merged\.gguf: .*--force/);
    const forced = await run(...argv, '--force', '--json');
    expect({ exitCode: forced.exitCode, stderr: forced.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(forced.stdout)).toEqual({
      ...{ output: 'merged.gguf', form: 'gguf', format: 'q8_0' },
      ...{ tensors: 20, updated: 14, exceptions: [] },
    });
  });

  it('writes a folder for transformers', async () => {
    const { exitCode } = await run(
      ...['export', 'adapter', '--merge', '--base', 'model.gguf', '--to', 'safetensors', '--out', 'folder'],
    );
    expect(exitCode).toBe(0);
    expect((await readdir(join(folder, 'folder'))).sort()).toEqual(
      ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'].sort(),
    );
  });

  it('merges what PEFT saved too, when it is told the base', async () => {
    const argv = ['export', 'peft', '--merge', '--out', 'from-peft.gguf'];
    const without = await run(...argv);
    expect(without).toMatchObject({ exitCode: 1, stdout: '' });
    expect(without.stderr).toMatch(/^error\[export\/no-base\] peft: .*--base/);
    expect((await run(...argv, '--base', 'model.gguf')).exitCode).toBe(0);
  });

  it('refuses another base than the adapter was made for', async () => {
    await writeTinyModel(join(folder, 'other.gguf'), { seed: 2 });
    const result = await run('export', 'adapter', '--merge', '--base', 'other.gguf', '--out', 'never.gguf');
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(/^error\[export\/other-base\] .*other\.gguf: /);
    expect(await readdir(folder)).not.toContain('never.gguf');
  });
});
