import type { ErrorObject } from 'ajv';

/** What is wrong with a value, at a JSON pointer (RFC 6901) inside it. */
export interface SchemaProblem {
  pointer: string;
  message: string;
}

/** Ajv's errors as sentences, each at its pointer; what only repeats another error is left out. */
export function describeSchemaErrors(errors: readonly ErrorObject[] | null | undefined): SchemaProblem[] {
  const problems = new Map<string, SchemaProblem>();
  for (const error of withoutWrappers(errors ?? [])) {
    const problem = describe(error);
    problems.set(`${problem.pointer}\n${problem.message}`, problem);
  }
  return [...problems.values()];
}

/** An `anyOf` that failed says less than the errors of its branches, where there are any. */
function withoutWrappers(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const wrappers = new Set(['anyOf', 'oneOf', 'if', 'allOf', '$ref']);
  const inner = errors.filter((error) => !wrappers.has(error.keyword));
  return inner.length > 0 ? inner : errors;
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
