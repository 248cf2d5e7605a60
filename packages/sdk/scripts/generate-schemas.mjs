// Makes packages/sdk/src/schemas/generated from schemas/*.schema.json:
//   <name>.ts       types (json-schema-to-typescript)
//   validators.js   one Ajv validator for each schema, and for the definitions named below; no imports
//   validators.d.ts their types
//   index.ts        everything, by name
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';

const schemaFolder = new URL('../../../schemas/', import.meta.url);
const outputFolder = new URL('../src/schemas/generated/', import.meta.url);
/** Titles of definitions that code validates alone, to say which of several shapes is meant before it says what is wrong. */
const definitionsWithValidator = new Set([
  ...['ToolFileEntry', 'ChatRow', 'CallsRow', 'PreferenceRow', 'IntentRow', 'LabelsRow', 'ScoreRow'],
  ...['ToolAdapterManifest', 'IntentAdapterManifest'],
]);
const banner = '// Generated from schemas/ by packages/sdk/scripts/generate-schemas.mjs.\n';

const files = (await readdir(schemaFolder)).filter((name) => name.endsWith('.schema.json')).sort();
const schemas = await Promise.all(
  files.map(async (file) => {
    const schema = JSON.parse(await readFile(new URL(file, schemaFolder), 'utf8'));
    if (schema.$id !== file)
      throw new Error(`schemas/${file}: $id must be "${file}", found ${JSON.stringify(schema.$id)}`);
    if (typeof schema.title !== 'string') throw new Error(`schemas/${file}: needs a title, which names its type`);
    return { file, name: file.replace('.schema.json', ''), schema };
  }),
);

const ajv = new Ajv({
  allErrors: true,
  discriminator: true,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  inlineRefs: false,
  code: { source: true, esm: true },
});

/** Export name → schema reference, and the type that the validator proves. */
const validators = new Map();
const typeExports = [];
for (const { file, name, schema } of schemas) {
  ajv.addSchema(schema);
  const titled = Object.entries(schema.definitions ?? {}).filter(([, { title }]) =>
    definitionsWithValidator.has(title),
  );
  for (const [title, reference] of [
    [schema.title, file],
    ...titled.map(([key, definition]) => [definition.title, `${file}#/definitions/${key}`]),
  ]) {
    if (validators.has(`is${title}`)) throw new Error(`schemas/${file}: title ${title} is taken`);
    validators.set(`is${title}`, { reference, title, module: name });
  }
  typeExports.push([name, schema.title, await typesOf(schema)]);
}

async function typesOf(schema) {
  return compile(schema, schema.title, {
    bannerComment: banner,
    cwd: fileURLToPath(schemaFolder),
    declareExternallyReferenced: true,
    format: false,
    ignoreMinAndMaxItems: true,
    $refOptions: { resolve: { http: false } },
  });
}

// Ajv writes `require` for its helpers: bundling them in leaves a module without imports, which runs in a browser.
const code = standalone.default(
  ajv,
  Object.fromEntries([...validators].map(([key, { reference }]) => [key, reference])),
);
const bundle = await build({
  stdin: { contents: code, resolveDir: fileURLToPath(new URL('..', import.meta.url)), loader: 'js' },
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  write: false,
});

await rm(outputFolder, { recursive: true, force: true });
await mkdir(outputFolder, { recursive: true });
const write = (name, text) => writeFile(new URL(name, outputFolder), text);

for (const [name, , text] of typeExports) await write(`${name}.ts`, text);
await write('validators.js', banner + bundle.outputFiles[0].text);
await write(
  'validators.d.ts',
  [
    `${banner}import type { ErrorObject } from 'ajv';`,
    ...[...validators.values()].map(({ title, module }) => `import type { ${title} } from './${module}.js';`),
    'interface Validator<T> {\n  (value: unknown): value is T;\n  errors?: ErrorObject[] | null;\n}',
    ...[...validators].map(([key, { title }]) => `export declare const ${key}: Validator<${title}>;`),
    '',
  ].join('\n'),
);
// A definition that several schemas refer to is written into the module of each.
const exported = new Set();
await write(
  'index.ts',
  banner +
    typeExports
      .map(([name, , text]) => {
        const names = [...text.matchAll(/^export (?:interface|type) (\w+)/gm)]
          .map((match) => match[1])
          .filter((type) => !exported.has(type));
        for (const type of names) exported.add(type);
        return `export type { ${names.join(', ')} } from './${name}.js';\n`;
      })
      .join('') +
    `export { ${[...validators.keys()].join(', ')} } from './validators.js';\n`,
);
console.log(`generated types and validators from ${files.length} schemas`);
