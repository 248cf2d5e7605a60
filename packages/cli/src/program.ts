import { Command } from 'commander';
import { version } from '../package.json';
import type { CommandContext } from './command-context.js';
import { adviseCommand } from './commands/advise.js';
import { averageCommand } from './commands/average.js';
import { checkCommand } from './commands/check.js';
import { codegenCommand } from './commands/codegen.js';
import { convertCommand } from './commands/convert.js';
import { driftCommand } from './commands/drift.js';
import { evalCommand } from './commands/eval.js';
import { exportCommand } from './commands/export.js';
import { generateCommand } from './commands/generate.js';
import { harvestCommand } from './commands/harvest.js';
import { importCommand } from './commands/import.js';
import { lintCommand } from './commands/lint.js';
import { mcpCommand } from './commands/mcp.js';
import { modelsCommand } from './commands/models.js';
import { runCommand } from './commands/run.js';
import { serveCommand } from './commands/serve.js';
import { toolsCommand } from './commands/tools.js';
import { trainCommand } from './commands/train.js';
import { type ExitCode, exitCodes, exitCodesHelp } from './exit-codes.js';

/** The command line, and where the command that ran leaves its exit code. */
export function createProgram(context: CommandContext): { program: Command; outcome: { exitCode: ExitCode } } {
  const { terminal } = context;
  const outcome: { exitCode: ExitCode } = { exitCode: exitCodes.ok };
  const program = new Command('tooltune')
    .description('From tool schemas to a small model that calls those tools well.')
    .version(version, '-V, --version', 'print the version')
    .addHelpText(
      'after',
      `
The way through:
  tooltune models pull smollm2-135m
  tooltune check --tools tools.json --data train.jsonl
  tooltune train --tools tools.json --data train.jsonl --base smollm2-135m --out my-adapter
  tooltune eval my-adapter --data held-out.jsonl
  tooltune run my-adapter "turn off the light in the kitchen"

${exitCodesHelp}
Every command takes --json (results for programs, on stdout) and --verbose (causes of errors).`,
    );
  const settle = (exitCode: ExitCode) => {
    outcome.exitCode = exitCode;
  };
  for (const command of [
    modelsCommand,
    checkCommand,
    convertCommand,
    toolsCommand,
    lintCommand,
    codegenCommand,
    generateCommand,
    adviseCommand,
    trainCommand,
    evalCommand,
    runCommand,
    serveCommand,
    mcpCommand,
    exportCommand,
    importCommand,
    averageCommand,
    harvestCommand,
    driftCommand,
  ]) {
    program.addCommand(command(context, settle));
  }
  for (const command of everyCommand(program)) {
    command
      .exitOverride()
      .showHelpAfterError('Run it with --help to see how it is used.')
      .configureOutput({
        writeOut: (text) => terminal.output.write(text),
        writeErr: (text) => terminal.notices.write(text),
        getOutHelpWidth: () => terminal.output.columns ?? 100,
        getErrHelpWidth: () => terminal.notices.columns ?? 100,
        getOutHasColors: () => terminal.outputColors.isColorSupported,
        getErrHasColors: () => terminal.noticeColors.isColorSupported,
      });
    if (command.commands.length === 0) command.option('--verbose', 'tell the causes of an error');
  }
  return { program, outcome };
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
