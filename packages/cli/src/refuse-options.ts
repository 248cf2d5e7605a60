import type { Command } from 'commander';

/**
 * Ends with wrong usage where one of these options was given that mean nothing here.
 * @param names as commander has them: `baseLimit` of `--base-limit`
 * @param reason why they mean nothing
 */
export function refuseOptions(command: Command, names: readonly string[], reason: string): void {
  for (const name of names) {
    if (command.getOptionValueSource(name) !== 'cli') continue;
    const option = command.options.find((candidate) => candidate.attributeName() === name);
    command.error(`error: option '${option?.flags ?? name}' cannot be used here: ${reason}`);
  }
}
