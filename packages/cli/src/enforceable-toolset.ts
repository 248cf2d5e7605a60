import {
  formatLocation,
  type JsonValue,
  type Problem,
  SchemaError,
  type Tool,
  type Toolset,
  TooltuneError,
} from '@tooltune/sdk';
import { readJsonFile } from '@tooltune/sdk/files';

/**
 * Refuses tools whose schemas decoding cannot hold a model to: nobody should train for them and find out afterwards.
 * @param file The toolset's file, which the problems' JSON pointers lead into.
 * @throws SchemaError `toolset/not-enforceable`, with the keyword of each tool that is refused
 */
export async function checkEnforceable(file: string, toolset: Toolset): Promise<void> {
  const pointers = parameterPointers(await readJsonFile(file));
  const lists = await Promise.all(toolset.tools.map(problemsOf));
  const problems = lists.flatMap((list, index) =>
    list.map(({ pointer, message }): Problem => {
      return { location: { file, pointer: `${pointers[index] ?? ''}${pointer}` }, message };
    }),
  );
  if (problems.length > 0) {
    const what = 'Decoding could not hold the model to this schema; write it without:';
    throw new SchemaError(what, problems, { code: 'toolset/not-enforceable' });
  }
}

/** Keywords that decoding does not enforce wholly: an answer that goes wrong in one is found out at its end. */
export async function checkedKeywords(file: string, toolset: Toolset): Promise<Problem[]> {
  const { explain } = await import('@tooltune/runtime/constraint');
  const pointers = parameterPointers(await readJsonFile(file));
  return toolset.tools.flatMap(({ parameters }, index) =>
    explain(parameters, { undeclaredProperties: 'closed' })
      .filter(({ status }) => status === 'checked')
      .map(({ pointer, keyword }): Problem => {
        const message = `\`${keyword}\` is not enforced while decoding; an answer that breaks it is refused at its end`;
        return { location: { file, pointer: `${pointers[index] ?? ''}${pointer}` }, message };
      }),
  );
}

/** What of a tool's parameters is refused, at JSON pointers inside them. */
async function problemsOf(tool: Tool): Promise<{ pointer: string; message: string }[]> {
  const { compileToolConstraint } = await import('@tooltune/runtime/constraint');
  try {
    const toolChoice = { name: tool.name };
    compileToolConstraint({ tools: [tool], callFormat: 'json-in-tags', toolChoice, parallelCalls: false });
    return [];
  } catch (error) {
    if (!TooltuneError.isInstance(error)) throw error;
    const place = error.location === undefined ? '' : `${formatLocation(error.location)}: `;
    const message = error.message.startsWith(place) ? error.message.slice(place.length) : error.message;
    return [{ pointer: error.location?.pointer ?? '', message }];
  }
}

/** Where each tool stands in its file. */
export async function toolPointers(file: string): Promise<string[]> {
  return pointersOf(await readJsonFile(file));
}

function parameterPointers(file: JsonValue): string[] {
  return pointersOf(file).map((pointer) => `${pointer}/parameters`);
}

/** Tools are plain or in OpenAI's wrapping, in a list or in `tools`. */
function pointersOf(file: JsonValue): string[] {
  const isList = Array.isArray(file);
  const list = isList ? file : ((file as { tools: JsonValue[] }).tools ?? []);
  return list.map((entry, index) => {
    const isWrapped = typeof entry === 'object' && entry !== null && 'function' in entry && !('name' in entry);
    return `${isList ? '' : '/tools'}/${index}${isWrapped ? '/function' : ''}`;
  });
}
