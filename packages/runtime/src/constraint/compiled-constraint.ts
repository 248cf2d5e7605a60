import type { JsonSchema, JsonValue, TokenConstraint } from '@tooltune/sdk';
import { ConstraintError } from './constraint-error.js';
import { type ExpressionArena, NOTHING } from './grammar/expression-arena.js';
import { type ToolGrammarOptions, toolGrammar } from './grammar/tool-grammar.js';
import { GrammarWalk, type TokenPreference } from './grammar-walk.js';
import { type DecodedText, type DeferredReport, SchemaGrammar, type SchemaOptions } from './schema-grammar.js';
import { newArena } from './strings/json-string.js';
import { MaskStore } from './tokens/mask-store.js';
import type { Vocabulary } from './tokens/vocabulary.js';

/** What a constraint is started with. */
export interface StartOptions {
  vocabulary: Vocabulary;
  /** Texts that `x-grounded` strings are pieces of: the user's messages. Without any they are ordinary strings. */
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
  start(options: StartOptions): TokenConstraint & TokenPreference;
}

/** A constraint to one JSON value. */
export interface SchemaConstraint extends CompiledConstraint {
  /** Keywords that decoding does not enforce, or not wholly, so that `check` decides. Looks through the whole schema. */
  deferred(): readonly DeferredReport[];
  /** Whether a decoded value is valid: certain where nothing is deferred. */
  check(value: JsonValue): boolean;
  /** What has been decoded. A text that was stopped half-way, or ended by a budget that was not kept, is `incomplete`. */
  read(text: string): DecodedText;
}

/** How a schema is compiled. */
export interface CompileOptions extends SchemaOptions {
  /** The vocabulary that it will be started with first: saves building the grammar a second time. */
  vocabulary?: Vocabulary;
}

/** An expression of a new arena, and whether texts to copy from make a difference to it. */
export interface GrammarSource {
  readonly isGrounded: boolean;
  build(arena: ExpressionArena, groundingTexts: readonly string[]): number;
  /** Why the expression is NOTHING. */
  unsatisfiable(what: string): ConstraintError;
}

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
  private readonly grammars = new Map<string, Grammar>();

  constructor(source: GrammarSource, vocabulary: Vocabulary | undefined) {
    this.source = source;
    // Built once now, so that what is not supported is refused before work starts.
    this.grammar(vocabulary, []);
  }

  start(options: StartOptions): GrammarWalk {
    const { vocabulary, groundingTexts = [], maxTokens = Number.POSITIVE_INFINITY } = options;
    if (!(maxTokens === Number.POSITIVE_INFINITY || (Number.isInteger(maxTokens) && maxTokens >= 0))) {
      throw new ConstraintError('constraint/bad-option', `\`maxTokens\` must be a whole number, it is ${maxTokens}`);
    }
    const grammar = this.grammar(vocabulary, this.source.isGrounded ? groundingTexts : []);
    let store = grammar.stores.get(vocabulary);
    if (store === undefined) grammar.stores.set(vocabulary, (store = new MaskStore(grammar.arena, vocabulary)));
    grammar.arena.renew();
    if (maxTokens !== Number.POSITIVE_INFINITY && !store.fits(grammar.start, maxTokens)) {
      const needed = store.shortestWay.count(grammar.start);
      const message = `the shortest answer takes ${needed} tokens, but at most ${maxTokens} are allowed`;
      throw new ConstraintError('constraint/budget', message);
    }
    return new GrammarWalk(store, [grammar.start], [], maxTokens);
  }

  private grammar(vocabulary: Vocabulary | undefined, groundingTexts: readonly string[]): Grammar {
    const key = grammarKey(vocabulary, groundingTexts);
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

  private build(vocabulary: Vocabulary | undefined, groundingTexts: readonly string[]): Grammar {
    const arena = newArena(vocabulary?.singleBytes);
    const start = this.source.build(arena, groundingTexts);
    if (start === NOTHING) {
      const isAny = vocabulary === undefined || vocabulary.writesAllBytes;
      throw this.source.unsatisfiable(isAny ? 'no value' : 'no value that the vocabulary can write');
    }
    return { arena, start, stores: new WeakMap() };
  }
}

/** The same for vocabularies that can write the same bytes. */
function grammarKey(vocabulary: Vocabulary | undefined, groundingTexts: readonly string[]): string {
  const bytes = vocabulary === undefined || vocabulary.writesAllBytes ? '' : vocabulary.singleBytes.join('');
  return groundingTexts.length === 0 ? bytes : JSON.stringify([bytes, groundingTexts]);
}

class CompiledSchema extends GrammarConstraint implements SchemaConstraint {
  private readonly schema: SchemaGrammar;

  constructor(schema: SchemaGrammar, vocabulary: Vocabulary | undefined) {
    super(schema, vocabulary);
    this.schema = schema;
  }

  deferred(): readonly DeferredReport[] {
    return this.schema.deferred();
  }

  check(value: JsonValue): boolean {
    return this.schema.check(value);
  }

  read(text: string): DecodedText {
    return this.schema.read(text);
  }
}

/**
 * A constraint to JSON that is valid for the schema. Throws a ConstraintError that names the keyword and its JSON pointer
 * for what is not supported (`explain` lists it). What can only be told at the end is left to `check`.
 */
export function compileSchema(schema: JsonSchema, options: CompileOptions = {}): SchemaConstraint {
  return new CompiledSchema(new SchemaGrammar(schema, options), options.vocabulary);
}

/** A constraint to an answer that may, must or must not call tools, with valid arguments. */
export function compileToolConstraint(options: ToolGrammarOptions & CompileOptions): CompiledConstraint {
  return new GrammarConstraint(toolGrammar(options), options.vocabulary);
}
