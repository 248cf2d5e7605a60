import { readTextFile, readToolset, writeFileAtomic } from '@tooltune/sdk/files';
import { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { quoteArgument } from '../quote-argument.js';
import { formatCount, printJson, printLine, printNotice } from '../terminal/index.js';

interface CodegenOptions {
  out?: string;
  check?: true;
  json?: true;
}

/** `tooltune codegen` */
export function codegenCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('codegen')
    .description('Write TypeScript types of a toolset: arguments, calls, handlers.')
    .argument('<tools>', 'toolset: JSON Schemas of the tools')
    .option('-o, --out <file>', 'file to write (default: the code is printed)')
    .option('--check', 'write nothing; fail where the file is not what would be written, for CI')
    .option('--json', 'print what was done as JSON; needs --out')
    .addHelpText(
      'after',
      `
Examples:
  tooltune codegen tools.json -o src/tools.ts
  tooltune codegen tools.json -o src/tools.ts --check

${exitCodesHelp}`,
    )
    .action(async (tools: string, options: CodegenOptions, command: Command) =>
      settle(await codegen(context, tools, options, command)),
    );
}

async function codegen(
  { terminal }: CommandContext,
  tools: string,
  options: CodegenOptions,
  command: Command,
): Promise<ExitCode> {
  const { out, check = false, json = false } = options;
  if (out === undefined && (check || json)) {
    command.error(`error: option '--${check ? 'check' : 'json'}' needs --out <file>`);
  }
  const toolset = await readToolset(tools);
  const { generateCode } = await import('@tooltune/sdk/codegen');
  // Where it is called from does not matter: only the file's own name is told.
  const code = await generateCode(toolset, { source: tools.split(/[\\/]/).at(-1)! });
  if (out === undefined) {
    terminal.output.write(code);
    return exitCodes.ok;
  }
  const isCurrent = sameLines(await readTextFile(out).catch(() => ''), code);
  if (!check && !isCurrent) await writeFileAtomic(out, code);
  const what = formatCount(toolset.tools.length, 'tool');
  if (json)
    printJson(terminal, { file: out, tools: toolset.tools.length, fingerprint: toolset.fingerprint, isCurrent });
  else if (isCurrent) printLine(terminal, `${out}: ${what}, up to date`);
  else if (!check) printLine(terminal, `${out}: ${what}, written`);
  if (!check || isCurrent) return exitCodes.ok;
  const again = `tooltune codegen ${quoteArgument(tools)} -o ${quoteArgument(out)}`;
  printNotice(terminal, `${out} is not what ${tools} gives; write it with: ${again}`);
  return exitCodes.failed;
}

/** Git may have turned the ends of lines. */
function sameLines(one: string, other: string): boolean {
  return one.replaceAll('\r\n', '\n') === other;
}
