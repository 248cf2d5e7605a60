import { InvalidArgumentError, type LanguageModelV3CallOptions } from '@ai-sdk/provider';

/** `providerOptions.tooltune` of a call: what the AI SDK has no setting for. */
export interface TooltuneProviderOptions {
  /** Whether the answer is held to valid calls while it is decoded. Default true. */
  constrained?: boolean;
  /** Whether an answer may hold several calls. Default true. */
  parallelToolCalls?: boolean;
  /** Most answers that are begun beside the greedy one, in search of the likeliest. Default 0. */
  alternatives?: number;
}

const kinds = { constrained: 'boolean', parallelToolCalls: 'boolean', alternatives: 'number' } as const;

/** @throws InvalidArgumentError for an option that there is not, or of another type */
export function readProviderOptions({ providerOptions }: LanguageModelV3CallOptions): TooltuneProviderOptions {
  const options = providerOptions?.tooltune ?? {};
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds] : undefined;
    if (kind !== undefined && (value === undefined || typeof value === kind)) continue;
    const argument = `providerOptions.tooltune.${name}`;
    const message = kind === undefined ? `there is no ${argument}` : `${argument} must be a ${kind}`;
    throw new InvalidArgumentError({ argument, message });
  }
  return options as TooltuneProviderOptions;
}
