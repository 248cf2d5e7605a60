import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { type BuildResult, build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

const bundleOf = (entry: string) =>
  build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'sdk',
    target: 'es2022',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });

describe('the root entry in a browser', () => {
  let bundle: BuildResult<{ metafile: true; write: false }>;
  beforeAll(async () => {
    bundle = (await bundleOf('index.ts')) as typeof bundle;
  });

  it('imports no Node built-in', () => {
    const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
    const imports = Object.values(bundle.metafile.inputs).flatMap((input) => input.imports);
    expect(imports.length).toBeGreaterThan(50);
    expect(imports.filter(({ path, external }) => external === true || builtins.has(path))).toEqual([]);
  });

  it.each(['checks/index.ts', 'formats/index.ts'])('nor does the subpath %s', async (entry) => {
    const { metafile } = (await bundleOf(entry)) as typeof bundle;
    const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
    expect(imports.filter(({ path, external }) => external === true || builtins.has(path))).toEqual([]);
  });

  it('works where there is nothing of Node', () => {
    const context = createContext({ TextEncoder, TextDecoder });
    runInContext(bundle.outputFiles[0]!.text, context);
    const script = `
      const toolset = sdk.parseToolset([{ name: 'stop', parameters: { type: 'object', properties: { at: { format: 'time' } } } }]);
      const text = '{"messages":[{"role":"user","content":"stop"}],"calls":[{"name":"stop","arguments":{}}]}';
      const rows = sdk.parseDataset(text, { toolset });
      const problems = sdk.createCallValidator(toolset)({ name: 'stop', arguments: { at: 'noon' } });
      JSON.stringify([rows.length, problems.length, sdk.sha256Hex('abc'), sdk.createRandom(1).integer(5, 5), typeof process]);
    `;
    expect(JSON.parse(runInContext(script, context) as string)).toEqual([
      1,
      1,
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      5,
      'undefined',
    ]);
  });

  it('would be noticed if it did', async () => {
    await expect(bundleOf('files/index.ts')).rejects.toThrow(/node:fs/);
  });
});
