import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseToolset } from '@tooltune/sdk';
import { generateCode } from '@tooltune/sdk/codegen';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;

beforeAll(async () => {
  const cache = join(repository, 'packages/cli/.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'readme-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('README.md', () => {
  it('has TypeScript examples that compile against the packages', async () => {
    const readme = await readFile(join(repository, 'README.md'), 'utf8');
    const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);
    expect(examples.length).toBeGreaterThanOrEqual(2);
    // What `tooltune codegen` makes of the tools shown, which an example imports.
    const tools = /^```json\n(\[.*?)^```$/ms.exec(readme)![1]!;
    await writeFile(join(folder, 'tools.ts'), await generateCode(parseToolset(JSON.parse(tools))));
    const files = await Promise.all(
      examples.map(async (example, index) => {
        const file = join(folder, `example-${index}.ts`);
        await writeFile(file, example);
        return file;
      }),
    );
    const configuration = ts.getParsedCommandLineOfConfigFile(join(repository, 'tsconfig.json'), undefined, {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => {},
    });
    const program = ts.createProgram(files, configuration!.options);
    const problems = files.flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  it('names only files that exist', async () => {
    const readme = await readFile(join(repository, 'README.md'), 'utf8');
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1]!);
    expect(links.length).toBeGreaterThan(3);
    expect(
      links.filter(
        (link) => !ts.sys.fileExists(join(repository, link)) && !ts.sys.directoryExists(join(repository, link)),
      ),
    ).toEqual([]);
  });
});
