import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProcess } from './run-cli.js';

const shim = fileURLToPath(new URL('../bin/tooltune.js', import.meta.url));
let checkout: string;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'tooltune-bin-'));
  await cp(shim, join(checkout, 'packages/cli/bin/tooltune.js'));
  await mkdir(join(checkout, 'packages/cli/src'));
});

afterEach(() => rm(checkout, { recursive: true, force: true }));

/** A checkout whose build writes a command that tells its arguments and ends with 7. */
async function writeCheckout(build: string): Promise<void> {
  await writeFile(join(checkout, 'package.json'), JSON.stringify({ type: 'module', scripts: { build } }));
  await writeFile(
    join(checkout, 'build.js'),
    `import { mkdirSync, writeFileSync } from 'node:fs';
    console.log('building');
    mkdirSync('packages/cli/dist', { recursive: true });
    writeFileSync('packages/cli/dist/index.js',
      'export const runTooltune = async (argv) => { console.log(argv.join("|")); return 7; };');`,
  );
}

describe('bin/tooltune.js', () => {
  it('builds a source checkout once, telling so on stderr only, and goes on', async () => {
    await writeCheckout('node build.js');
    const bin = join(checkout, 'packages/cli/bin/tooltune.js');
    const first = await runProcess([bin, 'run', 'a folder']);
    expect(first).toMatchObject({ exitCode: 7, stdout: 'run|a folder\n' });
    expect(first.stderr).toContain('not built yet');
    expect(first.stderr).toContain('building\n');
    const second = await runProcess([bin, 'run']);
    expect(second).toEqual({ exitCode: 7, stdout: 'run\n', stderr: '' });
  });

  it('says what to do when the build fails', async () => {
    await writeCheckout('node -e "process.exit(3)"');
    const result = await runProcess([join(checkout, 'packages/cli/bin/tooltune.js'), 'run']);
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toContain('npm ci && npm run build');
  });
});
