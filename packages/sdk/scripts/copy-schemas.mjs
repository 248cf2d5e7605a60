// Puts schemas/*.schema.json into dist/schemas, so that the published package holds every file format.
import { copyFile, mkdir, readdir } from 'node:fs/promises';

const from = new URL('../../../schemas/', import.meta.url);
const to = new URL('../dist/schemas/', import.meta.url);
await mkdir(to, { recursive: true });
for (const name of await readdir(from)) {
  if (name.endsWith('.schema.json')) await copyFile(new URL(name, from), new URL(name, to));
}
