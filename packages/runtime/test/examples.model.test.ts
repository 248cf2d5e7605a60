import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

// They run on what was built, as a user's program does.
describe.each(['ai-sdk', 'langchain', 'mcp', 'openai'])('examples/%s', (name) => {
  const program = `examples/${name}/src/main.js`;

  it('runs, and finds its own result right', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: repository });
    expect(stdout).toContain('The light in the kitchen is on.');
  });

  it('is what docs/integrations.md shows', async () => {
    const code = await readFile(`${repository}/${program}`, 'utf8');
    const page = await readFile(`${repository}/docs/integrations.md`, 'utf8');
    expect(page).toContain(`<!-- ${program} -->\n\`\`\`js\n${code}\`\`\``);
  });
});
