import type { JsonValue } from '@tooltune/sdk';
import { ConstraintError } from '../constraint-error.js';
import { EvaluatedParts } from './evaluated-parts.js';
import { failedAssertion } from './failed-assertion.js';
import { escapeStep } from './json-pointer.js';
import { type SchemaNode, writtenKeyword } from './schema-node.js';
import type { SchemaObject } from './schema-object.js';

export interface EvaluateOptions {
  /** Whether `format` says which texts are valid, or is only a note for readers. Unknown formats are always a note. */
  formats: 'assert' | 'annotation';
}

/** The first thing that is wrong with a value. */
export interface SchemaViolation {
  /** JSON pointer (RFC 6901) of the keyword in the schema; of the schema itself where that is `false`. */
  schemaPointer: string;
  /** The keyword; where the schema is `false`, the keyword that it is under. */
  keyword: string;
  /** JSON pointer of the value that it refuses. */
  instancePointer: string;
}

/**
 * Checks a value against a schema (JSON Schema 2020-12).
 * @returns The first violation; undefined for a valid value.
 * @throws ConstraintError `constraint/too-deep` where value and schema are nested more deeply than can be followed.
 */
export function evaluateSchema(
  node: SchemaNode,
  value: JsonValue,
  options: EvaluateOptions,
): SchemaViolation | undefined {
  const evaluator = new SchemaEvaluator(options, true);
  return evaluator.isValid(node, value, undefined) ? undefined : evaluator.violation;
}

/** As `evaluateSchema`, for those who need no reason. */
export function isValid(node: SchemaNode, value: JsonValue, options: EvaluateOptions): boolean {
  return new SchemaEvaluator(options, false).isValid(node, value, undefined);
}

/** Schemas applied inside of each other. */
const MAXIMUM_DEPTH = 500;

class SchemaEvaluator {
  violation: SchemaViolation | undefined;
  private readonly assertsFormats: boolean;
  private readonly path: (string | number)[] = [];
  private depth = 0;
  /** Above 0 while what fails is no violation of its own. */
  private trials: number;

  constructor(options: EvaluateOptions, records: boolean) {
    this.assertsFormats = options.formats === 'assert';
    this.trials = records ? 0 : 1;
  }

  /** @param evaluated Takes the parts of the value that the schema has had a say in, where that matters. */
  isValid(node: SchemaNode, value: JsonValue, evaluated: EvaluatedParts | undefined): boolean {
    if (node.never) return this.fail(node, node.keyword);
    if (this.depth >= MAXIMUM_DEPTH) {
      throw new ConstraintError('constraint/too-deep', `more than ${MAXIMUM_DEPTH} schemas apply inside of each other`);
    }
    this.depth++;
    const { unevaluatedItems, unevaluatedProperties } = node;
    const own =
      unevaluatedItems === undefined && unevaluatedProperties === undefined ? evaluated : new EvaluatedParts();
    const valid =
      this.holds(node, value) &&
      this.hasValidParts(node, value, own) &&
      this.isValidInPlace(node, value, own) &&
      (own === evaluated || this.hasValidRest(node, value, own!));
    this.depth--;
    if (valid && own !== evaluated) evaluated?.merge(own!);
    return valid;
  }

  private holds(node: SchemaNode, value: JsonValue): boolean {
    const keyword = failedAssertion(node, value, this.assertsFormats);
    return keyword === undefined || this.fail(node, keyword);
  }

  private hasValidParts(node: SchemaNode, value: JsonValue, evaluated: EvaluatedParts | undefined): boolean {
    if (typeof value !== 'object' || value === null) return true;
    if (Array.isArray(value)) return this.hasValidItems(node, value, evaluated);
    return this.hasValidProperties(node, value, evaluated);
  }

  private hasValidItems(node: SchemaNode, value: readonly JsonValue[], evaluated: EvaluatedParts | undefined): boolean {
    const { prefixItems, items, contains } = node;
    const start = prefixItems === undefined ? 0 : prefixItems.length;
    const checked = items === undefined ? Math.min(start, value.length) : value.length;
    for (let index = 0; index < checked; index++) {
      const schema = index < start ? prefixItems![index]! : items!;
      if (!this.isValidPart(schema, value[index]!, index)) return false;
    }
    evaluated?.addStart(checked);
    return contains === undefined || this.containsValid(node, contains, value, evaluated);
  }

  private containsValid(
    node: SchemaNode,
    contains: SchemaNode,
    value: readonly JsonValue[],
    evaluated: EvaluatedParts | undefined,
  ): boolean {
    const { minContains = 1, maxContains = Number.POSITIVE_INFINITY } = node;
    let count = 0;
    for (const [index, item] of value.entries()) {
      if (!this.try(contains, item, undefined)) continue;
      count++;
      evaluated?.add(index);
    }
    if (count < minContains) return this.fail(node, node.minContains === undefined ? 'contains' : 'minContains');
    return count <= maxContains || this.fail(node, 'maxContains');
  }

  private hasValidProperties(node: SchemaNode, value: SchemaObject, evaluated: EvaluatedParts | undefined): boolean {
    const { properties, patternProperties, additionalProperties, propertyNames } = node;
    if ((properties ?? patternProperties ?? additionalProperties ?? propertyNames) === undefined) return true;
    for (const name of Object.keys(value)) {
      if (propertyNames !== undefined && !this.isValidPart(propertyNames, name, name)) return false;
      let known = false;
      const property = properties?.get(name);
      if (property !== undefined) {
        known = true;
        if (!this.isValidPart(property, value[name]!, name)) return false;
      }
      if (patternProperties !== undefined) {
        for (const { pattern, schema } of patternProperties) {
          if (!pattern.expression.test(name)) continue;
          known = true;
          if (!this.isValidPart(schema, value[name]!, name)) return false;
        }
      }
      if (!known) {
        if (additionalProperties === undefined) continue;
        if (!this.isValidPart(additionalProperties, value[name]!, name)) return false;
      }
      evaluated?.add(name);
    }
    return true;
  }

  private isValidInPlace(node: SchemaNode, value: JsonValue, evaluated: EvaluatedParts | undefined): boolean {
    const { ref, dynamicRef, allOf, dependentSchemas } = node;
    if (ref !== undefined && !this.isValid(ref, value, evaluated)) return false;
    if (dynamicRef !== undefined && !this.isValid(dynamicRef, value, evaluated)) return false;
    if (allOf !== undefined) for (const schema of allOf) if (!this.isValid(schema, value, evaluated)) return false;
    if (dependentSchemas !== undefined && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [name, schema] of dependentSchemas) {
        if (Object.hasOwn(value, name) && !this.isValid(schema, value, evaluated)) return false;
      }
    }
    return this.isValidByChoice(node, value, evaluated);
  }

  private isValidByChoice(node: SchemaNode, value: JsonValue, evaluated: EvaluatedParts | undefined): boolean {
    const { anyOf, oneOf, not } = node;
    // All options are tried where what they evaluate counts.
    const enough = evaluated === undefined ? 1 : Number.POSITIVE_INFINITY;
    if (anyOf !== undefined && this.countValid(anyOf, value, evaluated, enough) === 0) return this.fail(node, 'anyOf');
    if (oneOf !== undefined && this.countValid(oneOf, value, evaluated, 2) !== 1) return this.fail(node, 'oneOf');
    if (not !== undefined && this.try(not, value, undefined)) return this.fail(node, 'not');
    if (node.if === undefined) return true;
    const branch = this.try(node.if, value, evaluated) ? node.then : node.else;
    return branch === undefined || this.isValid(branch, value, evaluated);
  }

  private countValid(
    schemas: readonly SchemaNode[],
    value: JsonValue,
    evaluated: EvaluatedParts | undefined,
    enough: number,
  ): number {
    let count = 0;
    for (const schema of schemas) if (this.try(schema, value, evaluated) && ++count === enough) break;
    return count;
  }

  /** Whether the value is valid, where it need not be; only then are its evaluated parts added. */
  private try(node: SchemaNode, value: JsonValue, evaluated: EvaluatedParts | undefined): boolean {
    const parts = evaluated === undefined ? undefined : new EvaluatedParts();
    this.trials++;
    const valid = this.isValid(node, value, parts);
    this.trials--;
    if (valid && parts !== undefined) evaluated?.merge(parts);
    return valid;
  }

  private hasValidRest(node: SchemaNode, value: JsonValue, evaluated: EvaluatedParts): boolean {
    if (typeof value !== 'object' || value === null) return true;
    if (Array.isArray(value)) {
      if (node.unevaluatedItems === undefined) return true;
      for (const [index, item] of value.entries()) {
        if (!evaluated.has(index) && !this.isValidPart(node.unevaluatedItems, item, index)) return false;
      }
    } else {
      if (node.unevaluatedProperties === undefined) return true;
      for (const name of Object.keys(value)) {
        if (!evaluated.has(name) && !this.isValidPart(node.unevaluatedProperties, value[name]!, name)) return false;
      }
    }
    evaluated.addAll();
    return true;
  }

  private isValidPart(node: SchemaNode, value: JsonValue, step: string | number): boolean {
    this.path.push(step);
    const valid = this.isValid(node, value, undefined);
    this.path.pop();
    return valid;
  }

  private fail(node: SchemaNode, keyword: string): false {
    if (this.trials > 0) return false;
    const written = writtenKeyword(node, keyword);
    this.violation = {
      schemaPointer: node.never ? node.pointer : `${node.pointer}/${written}`,
      keyword: written,
      instancePointer: this.path.map((step) => `/${escapeStep(String(step))}`).join(''),
    };
    return false;
  }
}
