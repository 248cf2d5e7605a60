import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileToolConstraint } from '@tooltune/runtime/constraint';
import { lintToolset, promptAndTarget } from '@tooltune/sdk';
import { generateCode } from '@tooltune/sdk/codegen';
import { generateDataset } from '@tooltune/sdk/generate';
import { openApiToolset } from '@tooltune/sdk/openapi';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundledCli, bundleCli } from './run-cli.js';

// The API of stapi.co: 120 operations, OpenAPI 3.0.1.
const description = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('@readme/oas-examples/3.0/json/star-trek.json'), 'utf8'),
);

describe('a real description of 120 operations', () => {
  const { toolset, operations, skipped } = openApiToolset(description);

  it('becomes a toolset, whole', () => {
    expect([toolset.tools.length, skipped]).toEqual([120, []]);
    expect(Object.keys(operations)).toEqual(toolset.tools.map(({ name }) => name));
    const [first] = toolset.tools;
    expect(operations[first!.name]).toMatchObject({
      method: 'GET',
      path: '/animal',
      arguments: { uid: { in: 'query' } },
    });
  });

  it('can be held to while decoding, every tool of it', () => {
    for (const tool of toolset.tools) {
      const toolChoice = { name: tool.name };
      expect(() =>
        compileToolConstraint({ tools: [tool], callFormat: 'json-in-tags', toolChoice, parallelCalls: false }),
      ).not.toThrow();
    }
  });

  it('lints', () => {
    const rules = new Set(lintToolset(toolset).map(({ rule }) => rule));
    expect(rules).toContain('toolset-large');
    expect(rules).toContain('tool-names-similar');
  });

  it('gives code that compiles', async () => {
    const code = await generateCode(toolset, { source: 'star-trek.json' });
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts'],
      types: [],
    };
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (name, version) =>
      name === 'tools.ts' ? ts.createSourceFile(name, code, version) : read(name, version);
    host.fileExists = (name) => name === 'tools.ts' || ts.sys.fileExists(name);
    const problems = ts.getPreEmitDiagnostics(ts.createProgram(['tools.ts'], options, host));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  it('gives rows that all validate, of every tool', () => {
    const { train, validation, test } = generateDataset({ toolset, count: 3000 });
    const calls = [...train, ...validation, ...test].flatMap((row) => promptAndTarget(row).target.toolCalls ?? []);
    expect(new Set(calls.map(({ name }) => name)).size).toBe(120);
  });
});

describe('tooltune tools', () => {
  let cli: BundledCli;
  let folder: string;
  const run = (...argv: string[]) => cli.run(argv, { cwd: folder });
  const api = `openapi: 3.1.0
info: { title: Shop, version: "1" }
servers: [{ url: https://shop.example }]
paths:
  /orders:
    get: { operationId: listOrders, tags: [orders], summary: List the orders }
    delete: { operationId: deleteOrders, tags: [orders] }
  /photos:
    post: { operationId: addPhoto, requestBody: { required: true, content: { image/png: {} } } }
`;

  beforeAll(async () => {
    cli = await bundleCli();
    folder = await mkdtemp(join(tmpdir(), 'tooltune-openapi-'));
    await writeFile(join(folder, 'api.yaml'), api);
    await writeFile(join(folder, 'broken.yaml'), 'openapi: [');
  });

  afterAll(async () => {
    await cli?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it('writes a toolset that other commands read, and the requests behind it; says what it leaves out', async () => {
    const { exitCode, stdout, stderr } = await run(
      'tools',
      'api.yaml',
      '-o',
      'tools.json',
      '--operations',
      'operations.json',
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^tools\.json: 2 tools\n/);
    expect(stderr).toBe('left out: POST /photos: its body is image/png; only JSON and forms can be written\n');
    expect((await run('check', '--tools', 'tools.json')).stdout).toContain('tools.json: 2 tools');
    const { server, operations } = JSON.parse(await readFile(join(folder, 'operations.json'), 'utf8'));
    expect([server, operations.listOrders]).toEqual([
      'https://shop.example',
      { method: 'GET', path: '/orders', arguments: {} },
    ]);
  });

  it('chooses by name, request and tag', async () => {
    const toolsOf = async (...argv: string[]) =>
      JSON.parse((await run('tools', 'api.yaml', '-o', 'some.json', '--json', ...argv)).stdout).tools;
    expect(await toolsOf('--exclude', 'DELETE *', '--tag', 'orders')).toEqual(['listOrders']);
    expect(await toolsOf('--include', 'delete*')).toEqual(['deleteOrders']);
  });

  it('reads the tools of an MCP server, and of a module', async () => {
    const server = fileURLToPath(new URL('../../sdk/test/mcp-server.mjs', import.meta.url));
    const { exitCode, stdout, stderr } = await run(
      'tools',
      '--mcp',
      `"${process.execPath}" "${server}" stdio`,
      '-o',
      'mcp.json',
    );
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('mcp.json: 2 tools')]);
    expect(stderr).toMatch(/^left out: broken: /);
    await writeFile(
      join(folder, 'module.mjs'),
      "export const tools = { toolset: { tools: [{ name: 'stop', parameters: { type: 'object' } }] } };",
    );
    expect((await run('tools', 'module.mjs', '-o', 'module.json')).stdout).toContain('module.json: 1 tool');
    await writeFile(join(folder, 'empty.mjs'), 'export const nothing = 1;');
    expect((await run('tools', 'empty.mjs', '-o', 'x.json')).stderr).toContain(
      'error[tools/module] empty.mjs: exports nothing',
    );
  });

  it('takes one source, and only what belongs to it', async () => {
    for (const argv of [
      [],
      ['api.yaml', '--mcp', 'x'],
      ['module.mjs', '--tag', 'a'],
      ['api.yaml', '--header', 'a: b'],
      ['--mcp-url', 'nonsense'],
    ]) {
      expect([argv, (await run('tools', ...argv, '-o', 'x.json')).exitCode]).toEqual([argv, 2]);
    }
  });

  it('says where a file is broken, and where there is no operation', async () => {
    expect((await run('tools', 'broken.yaml', '-o', 'x.json')).stderr).toMatch(
      /^error\[file\/syntax\] broken\.yaml:\d+: neither JSON nor YAML/,
    );
    expect((await run('tools', 'api.yaml', '-o', 'x.json', '--tag', 'none')).stderr).toMatch(
      /^error\[openapi\/no-operation\] api\.yaml#\/paths: /,
    );
  });
});
