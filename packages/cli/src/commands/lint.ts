import { type LintFinding, type LintRule, lintRules, lintToolset } from '@tooltune/sdk';
import { readToolset } from '@tooltune/sdk/files';
import { Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.js';
import { checkEnforceable, checkedKeywords, toolPointers } from '../enforceable-toolset.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { names } from '../option-parsers.js';
import { formatCount, printJson, printLine } from '../terminal/index.js';

interface LintOptions {
  disable?: LintRule[];
  strict?: true;
  json?: true;
}

/** A finding as it is told. */
interface ReportedFinding extends Omit<LintFinding, 'rule'> {
  rule: LintRule | 'not-enforced';
  file: string;
}

/** `tooltune lint` */
export function lintCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('lint')
    .description('Warn of what in a toolset makes a model call wrongly.')
    .argument('<tools>', 'toolset: JSON Schemas of the tools')
    .option('--disable <rules>', 'rules to leave out, separated by commas', ruleNames)
    .option('--strict', 'exit with 1 where there is a warning, for CI')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      `
Rules: ${Object.keys(lintRules).join(', ')};
and not-enforced: a keyword that decoding does not hold the model to. Two descriptions overlap where they share 60% of
their words, without those that carry no meaning.

Examples:
  tooltune lint tools.json
  tooltune lint tools.json --strict --disable argument-description-missing,optional-many

${exitCodesHelp}`,
    )
    .action(async (tools: string, options: LintOptions) => settle(await lint(context, tools, options)));
}

async function lint({ terminal }: CommandContext, file: string, options: LintOptions): Promise<ExitCode> {
  const { disable = [], strict = false, json = false } = options;
  const toolset = await readToolset(file);
  await checkEnforceable(file, toolset);
  const places = await toolPointers(file);
  const placeOf = (name: string | undefined) =>
    name === undefined ? '' : (places[toolset.tools.findIndex((tool) => tool.name === name)] ?? '');
  const findings: ReportedFinding[] = lintToolset(toolset, { disabled: disable }).map((finding) => ({
    ...finding,
    file,
    pointer: `${placeOf(finding.tool)}${finding.pointer}`,
  }));
  for (const { location, message } of await checkedKeywords(file, toolset)) {
    const { pointer = '' } = location;
    const tool = toolset.tools[places.findLastIndex((place) => pointer.startsWith(`${place}/`))];
    findings.push({ rule: 'not-enforced', severity: 'note', ...(tool && { tool: tool.name }), file, pointer, message });
  }
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  const exitCode = strict && warnings > 0 ? exitCodes.failed : exitCodes.ok;
  if (json) {
    printJson(terminal, { tools: toolset.tools.length, findings });
    return exitCode;
  }
  const { yellow, dim, green, bold } = terminal.outputColors;
  let heading: string | undefined;
  for (const { tool = 'all tools', severity, rule, pointer, message } of inOrder(findings, toolset.tools)) {
    if (tool !== heading) printLine(terminal, `${heading === undefined ? '' : '\n'}${bold(tool)}`);
    heading = tool;
    const label = severity === 'warning' ? yellow('warning') : dim('note   ');
    printLine(terminal, `  ${label} ${shortPlace(pointer)}${message} ${dim(rule)}`);
  }
  if (findings.length > 0) printLine(terminal, '');
  const tools = formatCount(toolset.tools.length, 'tool');
  if (findings.length === 0) printLine(terminal, green(`${file}: ${tools}, nothing to warn of`));
  else
    printLine(
      terminal,
      `${file}: ${tools}, ${formatCount(warnings, 'warning')}, ${formatCount(findings.length - warnings, 'note')}`,
    );
  return exitCode;
}

/** By tool, as the file has them; what is said of all comes first. */
function inOrder(findings: readonly ReportedFinding[], tools: readonly { name: string }[]): ReportedFinding[] {
  const order = [undefined, ...tools.map(({ name }) => name)];
  return order.flatMap((tool) => findings.filter((finding) => finding.tool === tool));
}

/** `/tools/3/parameters/properties/city` → `city `: the tool is told already. */
function shortPlace(pointer: string): string {
  const [, inside = ''] = /\/parameters((?:\/.*)?)$/.exec(pointer) ?? [];
  const place = inside.replaceAll('/properties/', '.').replaceAll('/items', '[]').replace(/^\./, '');
  return place === '' ? '' : `${place} `;
}

function ruleNames(text: string): LintRule[] {
  return names(text).map((name) => {
    if (!(name in lintRules))
      throw new InvalidArgumentError(`"${name}" is no rule; they are ${Object.keys(lintRules).join(', ')}.`);
    return name as LintRule;
  });
}
