import type { ErrorObject } from 'ajv';

/** What is wrong with a value, at a JSON pointer (RFC 6901) inside it. */
export interface SchemaProblem {
  pointer: string;
  message: string;
}

const alternatives = new Set(['anyOf', 'oneOf']);
const wrappers = new Set([...alternatives, 'allOf', 'if']);

/** Ajv's errors as sentences, one for each pointer and fault; the branches of a failed anyOf are told as one. */
export function describeSchemaErrors(errors: readonly ErrorObject[] | null | undefined): SchemaProblem[] {
  const all = errors ?? [];
  const inner = all.filter(({ keyword }) => !wrappers.has(keyword));
  const choices = new Set(
    all.filter(({ keyword }) => alternatives.has(keyword)).map(({ instancePath }) => instancePath),
  );
  const messages = new Map<string, Set<string>>();
  for (const error of inner.length > 0 ? inner : all) {
    const { pointer, message } = describe(error);
    const there = messages.get(pointer);
    if (there === undefined) messages.set(pointer, new Set([message]));
    else there.add(message);
  }
  return [...messages].flatMap(([pointer, there]) =>
    choices.has(pointer)
      ? [{ pointer, message: [...there].join(', or ') }]
      : [...there].map((message) => ({ pointer, message })),
  );
}

function describe(error: ErrorObject): SchemaProblem {
  const { keyword, instancePath, params } = error;
  switch (keyword) {
    case 'required':
      return { pointer: instancePath, message: `"${params.missingProperty}" is missing` };
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name = String(params.additionalProperty ?? params.unevaluatedProperty);
      return { pointer: `${instancePath}/${escapePointer(name)}`, message: `"${name}" is not known here; remove it` };
    }
    case 'enum':
      return {
        pointer: instancePath,
        message: `must be one of ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(', ')}`,
      };
    case 'const':
      return { pointer: instancePath, message: `must be ${JSON.stringify(params.allowedValue)}` };
    case 'discriminator':
      return {
        pointer: `${instancePath}/${escapePointer(String(params.tag))}`,
        message: `"${params.tag}" has a value that is not known: ${JSON.stringify(params.tagValue)}`,
      };
    case 'type':
      return { pointer: instancePath, message: `must be ${[params.type].flat().join(' or ')}` };
    default:
      return { pointer: instancePath, message: error.message ?? `does not follow "${keyword}"` };
  }
}

/** Escapes a property name for use in a JSON pointer (RFC 6901 section 3). */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
