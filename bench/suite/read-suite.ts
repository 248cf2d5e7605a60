import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { JsonSchema, JsonValue } from '@tooltune/sdk';

/** One file of the official JSON Schema test suite. */
export interface SuiteFile {
  /** `additionalProperties`, `optional/bignum`, `optional/format/date`. */
  name: string;
  isOptional: boolean;
  groups: SuiteGroup[];
}

export interface SuiteGroup {
  description: string;
  schema: JsonSchema;
  tests: { description: string; data: JsonValue; valid: boolean }[];
}

/** A draft of JSON Schema that the suite has tests for. */
export interface SuiteDraft {
  name: string;
  folder: string;
  /** What its schemas that name none are read as. */
  defaultSchema?: string;
}

/** By what `--draft` calls them. */
export const drafts: Readonly<Record<string, SuiteDraft>> = {
  '2020-12': { name: '2020-12', folder: 'draft2020-12' },
  '7': { name: 'draft-07', folder: 'draft7', defaultSchema: 'http://json-schema.org/draft-07/schema#' },
};

/** All files of a draft, the required ones first. */
export async function readSuite(folder: string, { folder: name, defaultSchema }: SuiteDraft): Promise<SuiteFile[]> {
  const root = join(folder, 'tests', name);
  const files: SuiteFile[] = [];
  for (const path of await jsonFiles(root)) {
    const name = relative(root, path)
      .split(sep)
      .join('/')
      .replace(/\.json$/, '');
    const groups = await readJson<SuiteGroup[]>(path);
    for (const group of groups) {
      if (defaultSchema !== undefined && typeof group.schema === 'object') {
        group.schema = { $schema: defaultSchema, ...group.schema };
      }
    }
    files.push({ name, isOptional: name.startsWith('optional/'), groups });
  }
  return files.sort((a, b) => Number(a.isOptional) - Number(b.isOptional) || a.name.localeCompare(b.name));
}

/** The documents that the suite's schemas refer to, by URI: the suite asks for them to be served there. */
export async function readRemotes(folder: string): Promise<Map<string, JsonValue>> {
  const root = join(folder, 'remotes');
  const remotes = new Map<string, JsonValue>();
  for (const path of await jsonFiles(root)) {
    remotes.set(`http://localhost:1234/${relative(root, path).split(sep).join('/')}`, await readJson(path));
  }
  return remotes;
}

async function jsonFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => {
    throw new Error(`no test suite in ${folder}; get JSON-Schema-Test-Suite of json-schema-org, and name it by --data`);
  });
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith('.json')).map(pathOf);
}

function pathOf({ parentPath, name }: { parentPath: string; name: string }): string {
  return join(parentPath, name);
}

async function readJson<Content>(path: string): Promise<Content> {
  return JSON.parse(await readFile(path, 'utf8')) as Content;
}
