import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseToolset } from '@tooltune/sdk';
import { generateCode } from '@tooltune/sdk/codegen';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundledCli, bundleCli } from './run-cli.js';

const tools = [{ name: 'lamp', parameters: { type: 'object', properties: { on: { type: 'boolean' } } } }];

let cli: BundledCli;
let folder: string;
const run = (...argv: string[]) => cli.run(['codegen', ...argv], { cwd: folder });

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-codegen-'));
  await writeFile(join(folder, 'tools.json'), JSON.stringify(tools));
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune codegen', () => {
  it('prints the code, and nothing else', async () => {
    const code = await generateCode(parseToolset(tools), { source: 'tools.json' });
    expect(await run('tools.json')).toEqual({ exitCode: 0, stdout: code, stderr: '' });
  });

  it('writes it once, and checks that it is what the tools give', async () => {
    expect(await run('tools.json', '-o', 'tools.ts', '--check')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('tooltune codegen tools.json -o tools.ts'),
    });
    expect((await run('tools.json', '-o', 'tools.ts')).stdout).toBe('tools.ts: 1 tool, written\n');
    expect((await run('./tools.json', '-o', 'tools.ts')).stdout).toBe('tools.ts: 1 tool, up to date\n');
    const code = await readFile(join(folder, 'tools.ts'), 'utf8');
    await writeFile(join(folder, 'tools.ts'), code.replaceAll('\n', '\r\n'));
    expect((await run('tools.json', '-o', 'tools.ts', '--check')).exitCode).toBe(0);
    await writeFile(join(folder, 'tools.ts'), code.replace('boolean', 'string'));
    const { exitCode, stdout } = await run('tools.json', '-o', 'tools.ts', '--check', '--json');
    expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ exitCode: 1, tools: 1, isCurrent: false });
    expect(await readFile(join(folder, 'tools.ts'), 'utf8')).toContain('on?: string');
  });

  it('wants a file to check', async () => {
    expect(await run('tools.json', '--check')).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
