import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { curlCommand } from './curl-command.js';

/** What curl would be given by a shell. */
function argumentsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  const env = { ...process.env, TOOLTUNE_API_KEY: 'the key' };
  return execFileSync('sh', ['-c', script], { encoding: 'utf8', env }).split('\0').slice(0, -1);
}

it.skipIf(process.platform === 'win32')('means the same to a shell, whatever is asked', () => {
  const url = 'http://127.0.0.1:8000/v1/chat/completions';
  const body = { messages: [{ content: `it's "$HOME" \`date\` \\n !!\nyes` }], stream: true };
  const given = argumentsOf(curlCommand(url, body, { hasKey: true }));
  expect(given[0]).toBe(url);
  expect(given).toContain('--no-buffer');
  expect(given).toContain('Authorization: Bearer the key');
  expect(JSON.parse(given.at(-1)!)).toEqual(body);
  expect(argumentsOf(curlCommand(url, {}, { hasKey: false }))).toHaveLength(5);
});
