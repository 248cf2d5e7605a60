import type { SchemaPattern } from './schema-node.js';

/**
 * A pattern as ECMA-262 reads it: with the `u` flag, as JSON Schema asks, or without it for the many patterns that
 * escape what needs no escape. Undefined where it is no regular expression either way.
 */
export function compilePattern(source: string): SchemaPattern | undefined {
  const expression = compile(source, 'u') ?? compile(source, '');
  return expression === undefined ? undefined : { source, expression };
}

function compile(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}
