import type { Tool } from '@tooltune/sdk';
import type { GrammarSource } from '../compiled-constraint.js';
import { ConstraintError } from '../constraint-error.js';
import { SchemaGrammar, type SchemaOptions } from '../schema-grammar.js';
import { type CallFormat, type CallFormatName, callFormatOf } from './call-format.js';
import { EMPTY_TEXT, type ExpressionArena, NOTHING } from './expression-arena.js';
import { literal, literals } from './literal-automaton.js';
import { textUntil } from './text-automaton.js';

/** Whether the model may call tools, must, must not, or must call this one. */
export type ToolChoice = 'auto' | 'required' | 'none' | { name: string };

/** What an answer with tool calls may be. */
export interface ToolGrammarOptions extends SchemaOptions {
  tools: readonly Tool[];
  /** How calls are written: a format that is known, or the texts of another. */
  callFormat: CallFormatName | CallFormat;
  toolChoice: ToolChoice;
  /** Whether an answer may hold several calls. */
  parallelCalls: boolean;
  /** Most calls of one answer. Default 16. */
  maximumCalls?: number;
  /** Order of the arguments by tool, as it was trained; for a tool that is not there `propertyOrder` is. */
  argumentOrders?: Readonly<Record<string, readonly string[]>>;
}

/** What small models need: nothing undeclared, no endless strings, no numbers that only an exponent can put right. */
const ARGUMENTS = { undeclaredProperties: 'closed', maximumStringLength: 2000, exponents: false } as const;

/**
 * The grammar of an answer: text, calls, or text and calls after it, as the tool choice has it. Throws a ConstraintError
 * for a schema that is not supported and for a tool that is not there.
 */
export function toolGrammar(options: ToolGrammarOptions): GrammarSource {
  checkOptions(options);
  const { tools, toolChoice } = options;
  const unsatisfiable = (what: string) =>
    new ConstraintError('constraint/unsatisfiable', `${what} is an answer in this call format`);
  if (toolChoice === 'none') {
    const build = (arena: ExpressionArena) => textUntil(arena, callFormatOf(options.callFormat).open);
    return { isGrounded: false, build, unsatisfiable };
  }
  const name = typeof toolChoice === 'object' ? toolChoice.name : undefined;
  const chosen = name === undefined ? tools : tools.filter((tool) => tool.name === name);
  if (chosen.length === 0 && toolChoice !== 'auto') {
    const message = name === undefined ? 'a call is required but there are no tools' : `there is no tool "${name}"`;
    throw new ConstraintError('constraint/unknown-tool', message);
  }
  checkStarts(chosen.map(({ name }) => callFormatOf(options.callFormat).callStart(name)));
  const schemas = chosen.map((tool) => {
    const schemaName = `tool "${tool.name}"`;
    const order = options.argumentOrders?.[tool.name];
    const own = { ...ARGUMENTS, ...options, schemaName, ...(order === undefined ? {} : { propertyOrder: order }) };
    return { name: tool.name, grammar: new SchemaGrammar(tool.parameters, own) };
  });
  return {
    isGrounded: schemas.some(({ grammar }) => grammar.isGrounded),
    build: (arena, groundingTexts) => answer(arena, options, schemas, groundingTexts),
    unsatisfiable,
  };
}

function checkOptions({ callFormat, toolChoice, maximumCalls = 1 }: ToolGrammarOptions): void {
  const require = (isRight: boolean, message: string) => {
    if (!isRight) throw new ConstraintError('constraint/bad-option', message);
  };
  const format: CallFormat | undefined = callFormatOf(callFormat);
  require(format !== undefined, `there is no call format ${JSON.stringify(callFormat)}`);
  require(/^[\x20-\x7e]+$/.test(format.open), 'the opening text of a call format must be ASCII, and not empty');
  require(Number.isInteger(maximumCalls) && maximumCalls >= 1, '`maximumCalls` must be a whole number from 1');
  const isKnown = typeof toolChoice === 'object' || ['auto', 'required', 'none'].includes(toolChoice);
  require(isKnown, `there is no tool choice ${JSON.stringify(toolChoice)}`);
}

/** Which tool is called must be known where its arguments begin. */
function checkStarts(starts: readonly string[]): void {
  const sorted = [...starts].sort();
  const wrong = sorted.find((start, index) => index > 0 && start.startsWith(sorted[index - 1]!));
  if (wrong === undefined) return;
  const message = `calls of two tools begin alike, with ${JSON.stringify(wrong)}: the tool could not be told`;
  throw new ConstraintError('constraint/bad-option', message);
}

function answer(
  arena: ExpressionArena,
  { toolChoice, parallelCalls, callFormat, maximumCalls = 16 }: ToolGrammarOptions,
  schemas: readonly { name: string; grammar: SchemaGrammar }[],
  groundingTexts: readonly string[],
): number {
  const format = callFormatOf(callFormat);
  const end = literal(arena, format.callEnd);
  const branches = schemas.flatMap(({ name, grammar }) => {
    const value = grammar.build(arena, groundingTexts);
    if (value !== NOTHING) {
      return [{ text: format.callStart(name), then: arena.sequence(value, end) }];
    }
    // These texts may have nothing that is long or short enough to copy: this tool is out of the question, not all.
    if (groundingTexts.length > 0) return [];
    const place = grammar.impossiblePlace();
    const where = place === '' ? '' : `; nothing satisfies what stands at ${place}`;
    const message = `no arguments can satisfy the schema of tool "${name}"${where}`;
    throw new ConstraintError('constraint/unsatisfiable', message);
  });
  if (branches.length === 0 && schemas.length > 0 && toolChoice !== 'auto') {
    const message = 'a call is required, but no text that its arguments are copied from has a fitting piece';
    throw new ConstraintError('constraint/unsatisfiable', message);
  }
  const call = literals(arena, branches);
  const more = parallelCalls
    ? arena.repetition(arena.sequence(literal(arena, format.separator), call), 0, maximumCalls - 1)
    : EMPTY_TEXT;
  const calls = arena.sequence(call, more, literal(arena, format.close));
  return toolChoice === 'auto'
    ? textUntil(arena, format.open, calls)
    : arena.sequence(literal(arena, format.open), calls);
}
