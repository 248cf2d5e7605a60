import { escapePointer, type RowExpectation } from '../schemas/index.js';
import { compileJsonSchema, type JsonSchema, suggestion, type Toolset } from '../toolset/index.js';
/** What evaluation asks of an answer besides its calls (`expect` of a row). Training does not look at it. */
export type Expectation = RowExpectation;

/** The regular expressions of an expectation, as they are matched. @throws SyntaxError for one that is none */
export function expectedPatterns({ pattern, notPattern, flags }: Expectation): {
  pattern: RegExp | undefined;
  notPattern: RegExp | undefined;
} {
  const compile = (source: string | undefined) =>
    source === undefined ? undefined : new RegExp(source, `u${flags ?? ''}`);
  return { pattern: compile(pattern), notPattern: compile(notPattern) };
}

/**
 * Reports what of an expectation, whose shape is right, means nothing: expressions and schemas that are none, tools and
 * arguments that the toolset does not have, rules that contradict each other.
 * @param wantsCalls whether the row wants calls
 * @param pointer of the expectation inside its row
 */
export function checkExpectation(
  expect: Expectation,
  context: { wantsCalls: boolean; pointer: string; toolset?: Toolset | undefined },
  report: (pointer: string, message: string) => void,
): void {
  const { wantsCalls, pointer, toolset } = context;
  for (const name of ['pattern', 'notPattern'] as const) {
    const source = expect[name];
    if (source === undefined) continue;
    try {
      expectedPatterns({ pattern: source });
    } catch (error) {
      report(`${pointer}/${name}`, `is no regular expression: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (expect.flags !== undefined && expect.pattern === undefined && expect.notPattern === undefined) {
    report(`${pointer}/flags`, 'has no expression to belong to: give "pattern" or "notPattern"');
  }
  if (expect.refuse === true && wantsCalls) {
    report(`${pointer}/refuse`, 'an answer that declines calls nothing: leave out the calls, or "refuse"');
  }
  if (expect.jsonSchema !== undefined) {
    const { problems } = compileJsonSchema(expect.jsonSchema as JsonSchema);
    for (const problem of problems) report(`${pointer}/jsonSchema${problem.pointer}`, problem.message);
  }
  for (const [index, possible] of (expect.possibleAnswers ?? []).entries()) {
    checkPossibleCall(possible, toolset, (inside, message) =>
      report(`${pointer}/possibleAnswers/${index}${inside}`, message),
    );
  }
}

function checkPossibleCall(
  possible: NonNullable<Expectation['possibleAnswers']>[number],
  toolset: Toolset | undefined,
  report: (pointer: string, message: string) => void,
): void {
  const [name, values] = Object.entries(possible)[0]!;
  if (toolset === undefined) return;
  const tool = toolset.tools.find((candidate) => candidate.name === name);
  if (tool === undefined) {
    const names = toolset.tools.map((candidate) => candidate.name);
    report(`/${escapePointer(name)}`, `no tool is called "${name}"${suggestion(name, names)}`);
    return;
  }
  const { properties } = tool.parameters;
  const declared = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  for (const argument of Object.keys(values)) {
    if (declared.includes(argument)) continue;
    const message = `the tool declares no "${argument}"${suggestion(argument, declared)}`;
    report(`/${escapePointer(name)}/${escapePointer(argument)}`, message);
  }
}
