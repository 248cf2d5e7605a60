import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Example, Toolset } from '@tooltune/sdk';
import type { ResolvedBaseModel } from '@tooltune/sdk/models';
import { trainAdapter } from '@tooltune/trainer';

/** An adapter for the tools of SNIPS, trained for some minutes where there is none yet: enough to call as one does. */
export async function snipsAdapter(
  folder: string,
  base: ResolvedBaseModel,
  snips: { toolset: Toolset; examples: readonly Example[] },
): Promise<string> {
  const output = join(folder, 'adapter');
  if (existsSync(join(output, 'manifest.json'))) return output;
  console.error('an adapter to measure with: 400 rows, one epoch; --adapter takes yours');
  const step = Math.max(1, Math.floor(snips.examples.length / 400));
  await trainAdapter({
    base,
    toolset: snips.toolset,
    training: snips.examples.filter((_, index) => index % step === 0).slice(0, 400),
    output,
    hyperparameters: { epochs: 1, replay: 0 },
  });
  return output;
}
