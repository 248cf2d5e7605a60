import { canonicalJson } from '../json/index.js';
import { escapePointer } from '../schemas/index.js';
import {
  type CallValidator,
  createCallValidator,
  parseToolset,
  suggestion,
  type Tool,
  type ToolCall,
  type Toolset,
  ToolsetError,
} from '../toolset/index.js';

/** A call with its JSON pointer inside the row. */
export interface PlacedCall {
  call: ToolCall;
  pointer: string;
  /** True where the row holds the arguments as a string of JSON, into which no pointer leads. */
  argumentsAreText: boolean;
}

/** Reports what is wrong with the calls of a row, and with the row's own tools, where it has any. */
export type CallCheck = (
  calls: readonly PlacedCall[],
  rowTools: unknown,
  report: (pointer: string, message: string) => void,
) => void;

/** Checks calls against the toolset, and that a row's own tools are the same; or against the row's own tools. */
export function createCallCheck(toolset: Toolset | undefined): CallCheck {
  const validate = toolset === undefined ? undefined : createWritableCallValidator(toolset);
  const readTools = createRowToolsReader(toolset);
  return (calls, rowTools, report) => {
    const own = rowTools === undefined ? undefined : readTools(rowTools);
    for (const [pointer, message] of own?.problems ?? []) report(pointer, message);
    const validator = validate ?? own?.validate;
    if (validator !== undefined) for (const placed of calls) reportCall(placed, validator, report);
  };
}

/** The same for a row whose tools are its own, whatever the toolset; gives these tools, undefined where they are none. */
export type OwnCallCheck = (
  calls: readonly PlacedCall[],
  rowTools: unknown,
  report: (pointer: string, message: string) => void,
) => readonly Tool[] | undefined;

export function createOwnCallCheck(): OwnCallCheck {
  const readTools = createRowToolsReader(undefined);
  return (calls, rowTools, report) => {
    const { problems, validate, tools } = readTools(rowTools);
    for (const [pointer, message] of problems) report(pointer, message);
    if (validate !== undefined) for (const placed of calls) reportCall(placed, validate, report);
    return tools;
  };
}

function reportCall(
  { call, pointer, argumentsAreText }: PlacedCall,
  validate: CallValidator,
  report: (pointer: string, message: string) => void,
): void {
  for (const problem of validate(call)) {
    const inArguments = problem.pointer.startsWith('/arguments');
    if (!argumentsAreText || !inArguments) report(`${pointer}${problem.pointer}`, problem.message);
    else {
      const inside = problem.pointer.slice('/arguments'.length);
      report(
        `${pointer}/arguments`,
        inside === '' ? problem.message : `in the JSON text, ${inside}: ${problem.message}`,
      );
    }
  }
}

/**
 * What createCallValidator finds, and arguments that a tool does not declare: JSON Schema allows those where
 * additionalProperties is left out, but constrained decoding writes declared ones only, so they must not be learnt.
 */
function createWritableCallValidator(toolset: Toolset): CallValidator {
  const validate = createCallValidator(toolset);
  const tools = new Map(toolset.tools.map((tool) => [tool.name, tool]));
  return (call) => [...validate(call), ...undeclaredArguments(call, tools.get(call.name))];
}

function undeclaredArguments(call: Parameters<CallValidator>[0], tool: Tool | undefined): ReturnType<CallValidator> {
  const { properties, additionalProperties } = tool?.parameters ?? {};
  if (additionalProperties !== undefined || typeof properties !== 'object' || properties === null) return [];
  const declared = Object.keys(properties);
  return Object.keys(call.arguments)
    .filter((name) => !declared.includes(name))
    .map((name) => ({
      pointer: `/arguments/${escapePointer(name)}`,
      message: `the tool declares no "${name}"${suggestion(name, declared)}`,
    }));
}

interface RowTools {
  problems: [pointer: string, message: string][];
  validate: CallValidator | undefined;
  tools?: readonly Tool[];
}

/** Rows of a file mostly hold the same tools: each set is read once. */
function createRowToolsReader(toolset: Toolset | undefined): (tools: unknown) => RowTools {
  const known = new Map<string, RowTools>();
  return (tools) => {
    const key = JSON.stringify(tools);
    let read = known.get(key);
    if (read === undefined) {
      read = readRowTools(tools, toolset);
      known.set(key, read);
    }
    return read;
  };
}

function readRowTools(tools: unknown, toolset: Toolset | undefined): RowTools {
  try {
    const own = parseToolset(tools);
    return {
      problems: toolset === undefined ? [] : differences(own, toolset),
      validate: createWritableCallValidator(own),
      tools: own.tools,
    };
  } catch (error) {
    if (!(error instanceof ToolsetError)) throw error;
    const problems = error.problems.map(({ location, message }): [string, string] => [
      `/tools${location.pointer ?? ''}`,
      message,
    ]);
    return { problems, validate: undefined };
  }
}

/** How a row's tools differ from the toolset; their order does not matter. */
function differences(own: Toolset, toolset: Toolset): RowTools['problems'] {
  const wanted = new Map(toolset.tools.map((tool) => [tool.name, tool]));
  const problems: RowTools['problems'] = [];
  for (const [index, tool] of own.tools.entries()) {
    const same = wanted.get(tool.name);
    if (same === undefined) {
      problems.push([`/tools/${index}`, `the toolset has no "${tool.name}"${suggestion(tool.name, wanted.keys())}`]);
    } else if (canonicalJson(same) !== canonicalJson(tool)) {
      problems.push([`/tools/${index}`, `"${tool.name}" is not described as in the toolset; make them the same`]);
    }
    wanted.delete(tool.name);
  }
  for (const name of wanted.keys()) problems.push(['/tools', `the toolset's "${name}" is not among the row's tools`]);
  return problems;
}
