import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdapterPool, createAdapterPool } from '@tooltune/runtime';
import { createServer, type ListeningServer, listen } from '@tooltune/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BundledCli, bundleCli } from './run-cli.js';

const tools = [
  {
    name: 'set_light',
    description: 'Switches the light in a room on or off.',
    parameters: {
      type: 'object',
      properties: { room: { enum: ['kitchen', 'bedroom'] }, state: { enum: ['on', 'off'] } },
      required: ['room', 'state'],
      additionalProperties: false,
    },
  },
];

let cli: BundledCli;
let folder: string;
let pool: AdapterPool;
let server: ListeningServer;
beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-teacher-'));
  await writeFile(join(folder, 'tools.json'), JSON.stringify(tools));
  pool = await createAdapterPool({ base: 'smollm2-135m', threads: 1, contextSize: 2048 });
  server = await listen(createServer({ pool }), { port: 0 });
});
afterAll(async () => {
  await server?.close();
  await pool?.dispose();
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

it('asks a teacher on a tooltune server, keeps what passes, and pays nothing for it again', async () => {
  const generate = async (out: string) => {
    const asked = ['--teacher', `${server.url}/v1`, '--teacher-model', 'smollm2-135m', '--teacher-rows', '2'];
    const argv = ['generate', '--tools', 'tools.json', '--count', '30', '--out', out, ...asked];
    const more = ['--teacher-structured', '--teacher-cache', 'answers', '--json'];
    const { exitCode, stdout, stderr } = await cli.run([...argv, ...more], { cwd: folder });
    expect([exitCode, stderr]).toEqual([0, '']);
    const { teacher } = JSON.parse(stdout) as { teacher: Record<string, number> & { refused: Record<string, number> } };
    return { teacher, rows: await readFile(join(folder, out, 'train.jsonl'), 'utf8') };
  };
  const first = await generate('first');
  expect(first.teacher.asked).toBeGreaterThan(0);
  expect(first.teacher.completionTokens).toBeGreaterThan(10);
  // Whether anything of so small a model is good enough is not the point; that all of it is judged is.
  const refused = Object.values(first.teacher.refused).reduce((sum, count) => sum + count, 0);
  expect(first.teacher.rows! + refused).toBeGreaterThan(0);
  const again = await generate('again');
  // What was asked twice in the first run was there the second time.
  const { asked, cached, rows } = first.teacher;
  expect(again.teacher).toMatchObject({ asked: 0, cached: asked! + cached!, rows });
  expect(again.rows).toBe(first.rows);
});
