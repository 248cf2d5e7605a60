#!/usr/bin/env node
// Committed, so that npm links the command also before a build. In a source checkout it builds what is missing, once.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/index.js', import.meta.url);
const isSourceCheckout = existsSync(new URL('../src', import.meta.url));

if (!existsSync(built) && isSourceCheckout) {
  process.stderr.write('tooltune: this source checkout is not built yet; building it once…\n');
  const { status } = spawnSync('npm', ['run', 'build', '--silent'], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    // The build may talk on stderr only: stdout belongs to the command.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0 || !existsSync(built)) {
    process.stderr.write('tooltune: the build failed; run `npm ci && npm run build` at the root of the checkout\n');
    process.exit(1);
  }
}

const { runTooltune } = await import(built.href);
process.exitCode = await runTooltune(process.argv.slice(2));
