import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parseToolset } from '../toolset/index.js';
import { generateCode, generateTypes } from './index.js';

const toolset = parseToolset([
  {
    name: 'set_light',
    description: "Switches a room's light.",
    parameters: {
      type: 'object',
      properties: {
        room: { $ref: '#/$defs/place' },
        level: { type: 'integer', minimum: 0, maximum: 100, description: 'In percent. */ export const evil = 1; /*' },
      },
      required: ['room'],
      $defs: { place: { enum: ['kitchen', 'bedroom'] } },
    },
  },
  {
    name: 'play.music',
    parameters: {
      type: 'object',
      properties: {
        queue: { type: 'array', items: { $ref: '#/$defs/place' } },
        // Neither is a keyword here.
        tsType: { type: 'string' },
        $ref: { type: 'boolean' },
      },
      $defs: { place: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] } },
    },
  },
  { name: 'stop' },
]);

/** TypeScript's own declarations, parsed once. */
const libraries = new Map<string, ts.SourceFile | undefined>();

/** What the compiler says of a program of the generated module and one that uses it, each message once. */
function problemsOf(code: string, use: string): string[] {
  const sources: Record<string, string> = { '/tools.ts': code, '/use.ts': use };
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, exactOptionalPropertyTypes: true, noUnusedLocals: true },
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, lib: ['lib.es2022.d.ts'], types: [] },
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, ...rest) => {
    const text = sources[name];
    if (text !== undefined) return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022);
    if (!libraries.has(name)) libraries.set(name, getSourceFile(name, ...rest));
    return libraries.get(name);
  };
  host.fileExists = (name) => sources[name] !== undefined || fileExists(name);
  host.readFile = (name) => sources[name] ?? readFile(name);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(['/tools.ts', '/use.ts'], options, host));
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

const use = (body: string) => `
  import { asToolCall, handleToolCall, type ToolCall, type ToolHandlers } from './tools';
  export async function use(given: { name: string; arguments: unknown }) {
    const call: ToolCall = asToolCall(given);
    const handlers: ToolHandlers<string> = {
      set_light: ({ room, level = 100 }) => room + level.toFixed(),
      'play.music': async ({ queue = [] }) => queue.map(({ title }) => title).join(),
      stop: () => '',
    };
    ${body}
    return handleToolCall(call, handlers);
  }
`;

describe('generateCode', () => {
  it('compiles, and types calls and handlers', async () => {
    const code = await generateCode(toolset);
    expect(problemsOf(code, use('if (call.name === "set_light") call.arguments.level?.toFixed();'))).toEqual([]);
    expect(code).toContain(`export const toolsetFingerprint = '${toolset.fingerprint}';`);
    expect(code).toContain("Switches a room's light.");
  });

  it.each([
    ['a wrong value', 'export const bad: ToolCall = { name: "set_light", arguments: { room: "cellar" } };', /"cellar"/],
    [
      'a wrong type',
      'const bad: ToolCall = { name: "set_light", arguments: { room: "kitchen", level: "1" } };',
      /string/,
    ],
    ['a missing argument', 'const bad: ToolCall = { name: "set_light", arguments: {} };', /room/],
    ['an argument too many', 'const bad: ToolCall = { name: "stop", arguments: { now: true } };', /never/],
    ['an unknown tool', 'const bad: ToolCall = { name: "halt", arguments: {} };', /"halt"/],
    ['an argument of another tool', 'if (call.name === "play.music") call.arguments.room;', /'room' does not exist/],
    ['a handler that is missing', 'const bad: ToolHandlers = { stop: () => 1 };', /set_light/],
    [
      'what another tool defines by the same name',
      'if (call.name === "set_light") call.arguments.room.title;',
      /title/,
    ],
  ])('refuses %s', async (_what, body, message) => {
    const problems = problemsOf(await generateCode(toolset), use(`${body.replace('export ', '')}\n void 0;`));
    expect(problems.join('\n')).toMatch(message);
  });

  it('lets no description or name out of its place', async () => {
    const code = await generateCode(toolset, { source: "it's\n export const evil = 2;" });
    const odd = parseToolset([
      { name: 'a.b', parameters: { type: 'object', properties: { "c'd\n": { type: 'null' } } } },
    ]);
    const source = ts.createSourceFile('tools.ts', `${code}\n${await generateCode(odd)}`, ts.ScriptTarget.ES2022);
    const names = source.statements.flatMap((statement) =>
      ts.isVariableStatement(statement)
        ? statement.declarationList.declarations.map(({ name }) => (name as ts.Identifier).text)
        : [],
    );
    expect(new Set(names)).toEqual(new Set(['toolsetFingerprint', 'toolNames']));
    expect(problemsOf(await generateCode(odd), 'export {};')).toEqual([]);
  });

  it('works: checks the tool, and calls its handler', async () => {
    const { outputText } = ts.transpileModule(await generateCode(toolset), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    const module = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
    const call = module.asToolCall({ name: 'set_light', arguments: { room: 'kitchen' } });
    expect(module.handleToolCall(call, { set_light: ({ room }: { room: string }) => `${room}!` })).toBe('kitchen!');
    expect(() => module.asToolCall({ name: 'halt', arguments: {} })).toThrow(RangeError);
    expect(module.toolNames).toEqual(['set_light', 'play.music', 'stop']);
  });

  it('is the same every time, and another for other tools', async () => {
    expect(await generateCode(toolset)).toBe(await generateCode(toolset));
    expect(await generateCode(parseToolset([{ name: 'stop' }]))).not.toBe(await generateCode(toolset));
  });

  it('tells apart tools whose names become the same', async () => {
    const parameters = (type: string) => ({ type: 'object', properties: { x: { type } }, required: ['x'] });
    const alike = parseToolset([
      { name: 'get-user', parameters: parameters('string') },
      { name: 'get_user', parameters: parameters('number') },
      { name: 'tool' },
    ]);
    const body = `import type { ToolCall } from './tools';
      export const calls: ToolCall[] = [
        { name: 'get-user', arguments: { x: 'a' } }, { name: 'get_user', arguments: { x: 1 } }, { name: 'tool', arguments: {} },
      ];`;
    expect(problemsOf(await generateCode(alike), body)).toEqual([]);
    expect(problemsOf(await generateCode(alike), body.replace("x: 'a'", 'x: 1'))).toHaveLength(1);
  });

  it('refuses names that the module needs itself, and references that lead nowhere', async () => {
    const taken = { $defs: { x: { title: 'ToolCall', type: 'object' } }, properties: { x: { $ref: '#/$defs/x' } } };
    await expect(
      generateCode(parseToolset([{ name: 'a', parameters: { type: 'object', ...taken } }])),
    ).rejects.toMatchObject({ code: 'codegen/name-taken' });
    const astray = { type: 'object' as const, properties: { x: { $ref: '#/$defs/none' } } };
    await expect(generateCode({ tools: [{ name: 'a', parameters: astray }], fingerprint: '' })).rejects.toMatchObject({
      code: 'codegen/bad-schema',
    });
  });
});

describe('generateTypes', () => {
  it('has the types of the module, and nothing that runs', async () => {
    const types = await generateTypes(toolset);
    const lines = `import type { ToolCall, ToolHandlers } from './tools';
      export const call: ToolCall = { name: 'set_light', arguments: { room: 'kitchen' } };
      export const handlers: Partial<ToolHandlers> = { stop: () => 1 };`;
    expect(problemsOf(types, lines)).toEqual([]);
    expect(problemsOf(types, lines.replace("'kitchen'", "'cellar'")).join()).toContain('"cellar"');
    expect(ts.transpileModule(types, {}).outputText).not.toMatch(/const|function/);
  });
});
