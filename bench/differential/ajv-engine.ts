import { createRequire } from 'node:module';
import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { Ajv, type AnySchemaObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { type CaseSettings, type Engine, sameForAll, type Verdict } from './engine.js';

type Draft = '4' | '7' | '2019-09' | '2020-12';
type AnyAjv = Pick<Ajv, 'compile' | 'addSchema' | 'removeSchema'>;

/**
 * Ajv with ajv-formats, of the draft that `$schema` names. A schema that names none is read as draft 2020-12, and where
 * that refuses it as draft 7, then 4. Patterns are Unicode ones, or where they are wrong as such, not.
 */
export function ajvEngine(version: string): Engine {
  const validators = new Map<string, AnyAjv>();
  const validator = (draft: Draft, unicodeRegExp: boolean, validateFormats: boolean) => {
    const key = `${draft} ${unicodeRegExp} ${validateFormats}`;
    let known = validators.get(key);
    if (known === undefined) validators.set(key, (known = createAjv(draft, { unicodeRegExp, validateFormats })));
    return known;
  };
  const compile = (schema: JsonSchema, { formats, remotes }: CaseSettings): ValidateFunction => {
    let firstError: unknown;
    for (const draft of draftsOf(schema)) {
      for (const unicodeRegExp of [true, false]) {
        const ajv = validator(draft, unicodeRegExp, formats === 'assert');
        // Nothing is known of the schemas before, whose `$id` may be the same.
        ajv.removeSchema();
        try {
          for (const [uri, document] of remotes) ajv.addSchema(document as object, uri, undefined, false);
          return ajv.compile(schema as object);
        } catch (error) {
          firstError ??= error;
        }
      }
    }
    throw firstError;
  };
  return {
    name: 'ajv',
    version,
    async judge(schema, instances, settings) {
      let validate: ValidateFunction;
      try {
        validate = compile(schema, settings);
      } catch (error) {
        return sameForAll(instances, { kind: 'refused', reason: String(error) });
      }
      return await Promise.all(instances.map((data) => judgeInstance(validate, data)));
    },
  };
}

async function judgeInstance(validate: ValidateFunction, data: JsonValue): Promise<Verdict> {
  try {
    const result: unknown = validate(data);
    if (typeof result === 'boolean') return { kind: result ? 'accepted' : 'rejected' };
    // A schema with `$async`: a promise of the value.
    await result;
    return { kind: 'accepted' };
  } catch (error) {
    return error instanceof Ajv.ValidationError ? { kind: 'rejected' } : { kind: 'failed', reason: String(error) };
  }
}

function draftsOf(schema: JsonSchema): Draft[] {
  const named = typeof schema === 'object' && typeof schema.$schema === 'string' ? schema.$schema : '';
  if (named.includes('draft-04')) return ['4'];
  if (/draft-0[67]/.test(named)) return ['7'];
  if (named.includes('2019-09')) return ['2019-09'];
  return named === '' ? ['2020-12', '7', '4'] : ['2020-12'];
}

function createAjv(draft: Draft, options: Options): AnyAjv {
  const settings: Options = { ...options, strict: false, logger: false };
  if (draft === '2020-12') return addFormats.default(new Ajv2020(settings));
  if (draft === '2019-09') return addFormats.default(new Ajv2019(settings));
  if (draft === '4') return addFormats.default(new ajvDraft04(settings));
  const draft06 = createRequire(import.meta.url)('ajv/dist/refs/json-schema-draft-06.json') as AnySchemaObject;
  return addFormats.default(new Ajv(settings).addMetaSchema(draft06));
}
