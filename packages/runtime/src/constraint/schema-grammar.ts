import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { ConstraintError } from './constraint-error.js';
import { type ExpressionArena, UNBOUNDED } from './grammar/expression-arena.js';
import { hasWord } from './grammar/grounded-automaton.js';
import { evaluateSchema, isValid, type SchemaViolation } from './schema/evaluate-schema.js';
import { loadSchema } from './schema/load-schema.js';
import { type LoadedSchema, writtenKeyword } from './schema/schema-node.js';
import { ValueGrammar, type Whitespace } from './values/value-grammar.js';
import type { PropertyOrder } from './values/values.js';

/** How schemas are read, and JSON is written and bounded. */
export interface SchemaOptions {
  /** Order of an object's properties. Default 'any'. */
  propertyOrder?: PropertyOrder;
  /** White space between the tokens of JSON. Default 'none'. */
  whitespace?: Whitespace;
  /**
   * What an object may have besides its `properties` where the schema does not say: anything ('open', as JSON Schema has
   * it), or nothing ('closed'). Default 'open'; 'closed' for the arguments of tools.
   */
  undeclaredProperties?: 'open' | 'closed';
  /** Most code points of a string that has no `maxLength`. Default: no bound; 2,000 for the arguments of tools. */
  maximumStringLength?: number;
  /** Whether numbers may be written with an exponent. Default true; false for the arguments of tools. */
  exponents?: boolean;
  /** Whether `format` is enforced. Default 'assert'. */
  formats?: 'assert' | 'annotation';
  /** Documents that `$ref` may name besides the schema itself, by URI. Nothing is ever fetched. */
  remotes?: ReadonlyMap<string, JsonValue>;
  /** What the schema is called in error messages. Default 'schema'. */
  schemaName?: string;
}

/** A keyword that decoding does not enforce wholly. */
export interface DeferredReport {
  /** JSON pointer (RFC 6901) of the keyword. */
  pointer: string;
  keyword: string;
}

/** What a decoded text is: a valid value, JSON that the check at the end refuses, or no whole JSON at all. */
export type DecodedText =
  | { status: 'valid'; value: JsonValue }
  | { status: 'invalid'; value: JsonValue; violation: SchemaViolation }
  | { status: 'incomplete' };

function checkOptions(options: SchemaOptions): void {
  const require = (name: keyof SchemaOptions, isRight: (value: unknown) => boolean, what: string) => {
    const value: unknown = options[name];
    if (value === undefined || isRight(value)) return;
    throw new ConstraintError('constraint/bad-option', `\`${name}\` must be ${what}, it is ${String(value)}`);
  };
  const isOneOf =
    (...values: unknown[]) =>
    (value: unknown) =>
      values.includes(value);
  const isCount = (value: unknown) =>
    value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && Number(value) >= 0);
  const isSpace = (value: unknown) =>
    isOneOf('none', 'single')(value) || Number.isInteger((value as { maximum?: unknown } | null)?.maximum);
  require('whitespace', isSpace, '"none", "single" or { maximum: a whole number }');
  require('formats', isOneOf('assert', 'annotation'), '"assert" or "annotation"');
  require('undeclaredProperties', isOneOf('open', 'closed'), '"open" or "closed"');
  require('propertyOrder', (value) =>
    isOneOf('any', 'schema')(value) || Array.isArray(value), '"any", "schema" or a list of names');
  require('maximumStringLength', isCount, 'a whole number from 0, or Infinity');
}

/** A schema that is read and can be built into any arena. */
export class SchemaGrammar {
  readonly loaded: LoadedSchema;
  readonly isGrounded: boolean;
  private readonly options: SchemaOptions;
  private latest: ValueGrammar | undefined;

  constructor(schema: JsonSchema, options: SchemaOptions = {}) {
    checkOptions(options);
    const { schemaName, remotes } = options;
    this.loaded = loadSchema(schema, {
      ...(schemaName === undefined ? {} : { schemaName }),
      ...(remotes === undefined ? {} : { remotes }),
    });
    this.options = options;
    this.isGrounded = this.loaded.nodes.some(({ grounded }) => grounded !== undefined);
  }

  /** The expression of the values that satisfy the schema. */
  build(arena: ExpressionArena, groundingTexts: readonly string[] = []): number {
    const {
      propertyOrder = 'any',
      whitespace = 'none',
      undeclaredProperties = 'open',
      formats = 'assert',
    } = this.options;
    const { maximumStringLength = Number.POSITIVE_INFINITY, exponents = true } = this.options;
    this.latest = new ValueGrammar(arena, this.loaded, {
      propertyOrder,
      whitespace,
      isClosed: undeclaredProperties === 'closed',
      maximumStringLength: maximumStringLength === Number.POSITIVE_INFINITY ? UNBOUNDED : maximumStringLength,
      formats,
      exponents,
      groundingTexts: groundingTexts.some(hasWord) ? groundingTexts : [],
    });
    return this.latest.schema(this.loaded.root);
  }

  /** Where nothing could be built: the JSON pointer of the innermost schema that is to blame. */
  impossiblePlace(): string {
    return this.latest!.impossiblePart(this.loaded.root).pointer;
  }

  /** @param what What there is none of. */
  unsatisfiable(what: string): ConstraintError {
    const { schemaName = 'schema' } = this.options;
    const message = `${what} can satisfy ${this.impossiblePlace() === '' ? 'the schema' : 'this, which must be satisfied'}`;
    return new ConstraintError('constraint/unsatisfiable', message, { pointer: this.impossiblePlace(), schemaName });
  }

  /** Keywords that the check at the end must look at. */
  deferred(): DeferredReport[] {
    const grammar = this.latest!;
    grammar.explore(this.loaded.root);
    return grammar.deferred.map(({ node, keyword }) => ({
      pointer: `${node.pointer}/${writtenKeyword(node, keyword)}`,
      keyword,
    }));
  }

  read(text: string): DecodedText {
    let value: JsonValue;
    try {
      value = JSON.parse(text) as JsonValue;
    } catch {
      return { status: 'incomplete' };
    }
    const violation = evaluateSchema(this.loaded.root, value, { formats: this.options.formats ?? 'assert' });
    return violation === undefined ? { status: 'valid', value } : { status: 'invalid', value, violation };
  }

  check(value: JsonValue): boolean {
    return isValid(this.loaded.root, value, { formats: this.options.formats ?? 'assert' });
  }
}
