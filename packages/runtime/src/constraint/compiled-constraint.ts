import type { JsonSchema, TokenConstraint } from '@tooltune/sdk';
import { ConstraintError } from './constraint-error.js';
import { ExpressionArena, NOTHING } from './grammar/expression-arena.js';
import { SchemaCompiler, type SchemaOptions } from './grammar/schema-compiler.js';
import { type ToolGrammarOptions, toolGrammar } from './grammar/tool-grammar.js';
import { GrammarWalk } from './grammar-walk.js';
import { someJson } from './schema/json-depth.js';
import type { KeywordReport } from './schema/schema-keywords.js';
import { MaskStore } from './tokens/mask-store.js';
import type { Vocabulary } from './tokens/vocabulary.js';

/** What a constraint is started with. */
export interface StartOptions {
  vocabulary: Vocabulary;
  /** Texts that `x-grounded` strings are copied from: the user's messages. Without any they are ordinary strings. */
  groundingTexts?: readonly string[];
  /** Most tokens of text, the end token not counted. Default: no limit. */
  maxTokens?: number;
}

/** A grammar, ready to constrain any number of answers, at the same time too. */
export interface CompiledConstraint {
  /**
   * A constraint at the start of the text. With `maxTokens` only what can still be finished is allowed; throws a
   * ConstraintError (`constraint/budget`) when not even the shortest text can.
   */
  start(options: StartOptions): TokenConstraint;
}

type GrammarSource = (arena: ExpressionArena, groundingTexts: readonly string[]) => number;

interface Grammar {
  arena: ExpressionArena;
  start: number;
  stores: WeakMap<Vocabulary, MaskStore>;
}

/** Grammars of one constraint that are kept: one for each set of grounding texts. */
const MAXIMUM_GRAMMARS = 8;
/** A grammar that has made so many expressions is made anew for the next answer. */
const RENEWED_SIZE = 200_000;

class GrammarConstraint implements CompiledConstraint {
  private readonly source: GrammarSource;
  private readonly isGrounded: boolean;
  private readonly grammars = new Map<string, Grammar>();

  constructor(source: GrammarSource, isGrounded: boolean) {
    this.source = source;
    this.isGrounded = isGrounded;
    // Compiled once now, so that what is not supported is refused before work starts.
    if (source(new ExpressionArena(), []) === NOTHING) {
      throw new ConstraintError('constraint/unsatisfiable', 'no value can satisfy the schema');
    }
  }

  start(options: StartOptions): TokenConstraint {
    const { vocabulary, groundingTexts = [], maxTokens = Number.POSITIVE_INFINITY } = options;
    const grammar = this.grammar(vocabulary, this.isGrounded ? groundingTexts : []);
    let store = grammar.stores.get(vocabulary);
    if (store === undefined) grammar.stores.set(vocabulary, (store = new MaskStore(grammar.arena, vocabulary)));
    grammar.arena.trimRows();
    if (!store.fits(grammar.start, maxTokens)) {
      const message = `the shortest answer takes ${store.shortestTokens(grammar.start)} tokens; allow at least as many`;
      throw new ConstraintError('constraint/budget', message);
    }
    return new GrammarWalk(store, [grammar.start], [], maxTokens);
  }

  private grammar(vocabulary: Vocabulary, groundingTexts: readonly string[]): Grammar {
    const key = JSON.stringify([vocabulary.singleBytes.join(''), groundingTexts]);
    const known = this.grammars.get(key);
    this.grammars.delete(key);
    const grammar =
      known !== undefined && known.arena.size < RENEWED_SIZE ? known : this.build(vocabulary, groundingTexts);
    this.grammars.set(key, grammar);
    for (const oldest of this.grammars.keys()) {
      if (this.grammars.size <= MAXIMUM_GRAMMARS) break;
      this.grammars.delete(oldest);
    }
    return grammar;
  }

  private build(vocabulary: Vocabulary, groundingTexts: readonly string[]): Grammar {
    const arena = new ExpressionArena(vocabulary.singleBytes);
    const start = this.source(arena, groundingTexts);
    if (start === NOTHING) {
      const message = 'the vocabulary has no tokens for what the schema asks for';
      throw new ConstraintError('constraint/unsatisfiable', message);
    }
    return { arena, start, stores: new WeakMap() };
  }
}

/**
 * A constraint to compact JSON that is valid for the schema. Objects have declared properties only, also where the schema
 * leaves `additionalProperties` out; numbers and strings are bounded where the schema has no bounds. Throws a ConstraintError that names the keyword and its JSON
 * pointer for what is not supported (`explain` lists it).
 */
export function compileSchema(schema: JsonSchema, options: SchemaOptions = {}): CompiledConstraint {
  const source: GrammarSource = (arena, texts) => new SchemaCompiler(arena, options, texts).compile(schema);
  return new GrammarConstraint(source, mentionsGrounding(schema));
}

/** A constraint to an answer that may, must or must not call tools, with valid arguments. */
export function compileToolConstraint(options: ToolGrammarOptions): CompiledConstraint {
  const isGrounded = options.tools.some((tool) => mentionsGrounding(tool.parameters));
  return new GrammarConstraint((arena, texts) => toolGrammar(arena, options, texts), isGrounded);
}

/** What the engine does about each keyword of a schema: enforced, left alone as an annotation, or refused, and why. */
export function explain(schema: JsonSchema, options: SchemaOptions = {}): KeywordReport[] {
  const report: KeywordReport[] = [];
  new SchemaCompiler(new ExpressionArena(), options, [], report).compile(schema);
  return report;
}

function mentionsGrounding(schema: JsonSchema): boolean {
  return someJson(schema, (value) => typeof value === 'object' && value !== null && 'x-grounded' in value);
}
