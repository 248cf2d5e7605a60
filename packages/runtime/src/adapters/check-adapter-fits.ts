import { type PromptFormat, sha256Hex, type Tokenizer, type Toolset, tokenizerFingerprint } from '@tooltune/sdk';
import { type AdapterDifference, AdapterError } from './adapter-error.js';
import { type AdapterBundle, short } from './read-adapter-bundle.js';

/** What an adapter is to be used with. What is left out is not compared. */
export interface AdapterSurroundings {
  toolset?: Toolset | undefined;
  promptFormat?: PromptFormat | undefined;
  /** Path and SHA-256 of the base model's file. */
  base?: { path: string; sha256: string } | undefined;
  tokenizer?: Tokenizer | undefined;
  /** The base model's chat template. */
  chatTemplate?: string | undefined;
}

/** @throws AdapterError `adapter/mismatch`, with everything that differs */
export function checkAdapterFits(bundle: AdapterBundle, given: AdapterSurroundings): void {
  const { base, prompt } = bundle.manifest;
  const differences: AdapterDifference[] = [];
  const compare = (what: string, expected: string, actual: string | undefined) => {
    if (actual !== undefined && actual !== expected) differences.push({ what, expected, actual });
  };
  if (bundle.task === 'tools') {
    compare('toolset fingerprint', bundle.manifest.toolsetFingerprint, given.toolset?.fingerprint);
  }
  compare(`base model (${base.id}) SHA-256`, base.sha256, given.base?.sha256);
  compare('tokenizer', prompt.tokenizerSha256, given.tokenizer && tokenizerFingerprint(given.tokenizer));
  compare('chat template', prompt.chatTemplateSha256, given.chatTemplate && sha256Hex(given.chatTemplate));
  const format = given.promptFormat;
  if (bundle.task === 'tools') {
    compare('prompt format: tools', bundle.manifest.prompt.tools, format?.tools);
    compare('prompt format: callFormat', bundle.manifest.prompt.callFormat, format?.callFormat);
  }
  compare('prompt format: system', JSON.stringify(prompt.system), format && JSON.stringify(format.system));
  if (differences.length === 0) return;
  const lines = differences.map(({ what, expected, actual }) => {
    const [trained, used] = isHash(expected) ? [short(expected), short(actual)] : [expected, actual];
    return `  ${what}: trained with ${trained}, given ${used}`;
  });
  const advice = 'use what it was trained with, or train an adapter for this';
  throw new AdapterError(
    'adapter/mismatch',
    `${bundle.folder}: the adapter does not fit; ${advice}\n${lines.join('\n')}`,
    {
      differences,
    },
  );
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
