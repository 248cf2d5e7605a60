import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describeSchemaErrors, type SchemaProblem } from '../schemas/index.js';
import type { JsonSchema } from './tool.js';

/** Says what of a value does not follow a schema, each at its JSON pointer; nothing for a valid value. */
export type JsonSchemaValidator = (value: unknown) => SchemaProblem[];

/** A schema that works, or what is wrong with it. */
export type CompiledJsonSchema =
  | { validate: JsonSchemaValidator; problems: [] }
  | { validate: undefined; problems: SchemaProblem[] };

/** Unknown keywords (`x-grounded`) are notes; formats are checked; a schema is used once, so its `$id` is its own. */
const options: Options = {
  allErrors: true,
  strict: false,
  // Or an argument called "constructor" would always be there.
  ownProperties: true,
  logger: false,
  addUsedSchema: false,
  validateSchema: false,
  // Or 0.07 would be no multiple of 0.01.
  multipleOfPrecision: 9,
};

const draft7 = /^https?:\/\/json-schema\.org\/draft-0[67]\/schema#?$/;
const draft2020 = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

/** Compiles a schema of draft 7 or 2020-12, by its `$schema`; 2020-12 where it has none. */
export function compileJsonSchema(schema: JsonSchema): CompiledJsonSchema {
  const dialect = typeof schema === 'object' ? schema.$schema : undefined;
  const failed = (pointer: string, message: string): CompiledJsonSchema => ({
    validate: undefined,
    problems: [{ pointer, message }],
  });
  if (dialect !== undefined && !(typeof dialect === 'string' && (draft7.test(dialect) || draft2020.test(dialect)))) {
    return failed('/$schema', `${JSON.stringify(dialect)} is not supported; write draft-07 or 2020-12`);
  }
  const ajv = compilerFor(typeof dialect === 'string' && draft7.test(dialect) ? '7' : '2020-12', schema);
  const metaSchema = ajv.getSchema(ajv.defaultMeta() as string)!;
  if (!metaSchema(schema)) {
    const problems = describeSchemaErrors(metaSchema.errors).map(({ pointer, message }) => ({
      pointer,
      message: explain(pointer, message),
    }));
    return { validate: undefined, problems };
  }
  const bare = withoutDialect(schema);
  try {
    const validate = ajv.compile(bare);
    return {
      validate: (value) => (validate(value) ? [] : describeSchemaErrors(validate.errors as ErrorObject[])),
      problems: [],
    };
  } catch (error) {
    return failed('', error instanceof Error ? error.message : String(error));
  } finally {
    if (typeof bare === 'object') ajv.removeSchema(bare);
  }
}

type Draft = '7' | '2020-12';
const compilers = new Map<Draft, Ajv | Ajv2020>();

/** One compiler for each draft; a schema that names itself gets its own, where the names meet no others. */
function compilerFor(draft: Draft, schema: JsonSchema): Ajv | Ajv2020 {
  if (/"\$(id|anchor|dynamicAnchor)":/.test(JSON.stringify(schema))) return createCompiler(draft);
  const shared = compilers.get(draft) ?? createCompiler(draft);
  compilers.set(draft, shared);
  return shared;
}

function createCompiler(draft: Draft): Ajv | Ajv2020 {
  const ajv = draft === '7' ? new Ajv(options) : new Ajv2020(options);
  addFormats(ajv as Ajv);
  return ajv;
}

/** `http` and `https`, with `#` and without, name the same dialect; Ajv knows one spelling of each. */
function withoutDialect(schema: JsonSchema): JsonSchema {
  if (typeof schema === 'boolean') return schema;
  const { $schema: _, ...others } = schema;
  return others;
}

function explain(pointer: string, message: string): string {
  if (!pointer.endsWith('/items') || !message.includes('object')) return message;
  return `${message}; for a tuple write prefixItems, or name draft-07 in $schema`;
}
