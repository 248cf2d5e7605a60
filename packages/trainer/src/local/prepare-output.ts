import { access, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TooltuneError } from '@tooltune/sdk';
import { isTemporaryFileOf } from '@tooltune/sdk/files';
import { runLogName } from './run-log.js';

/**
 * Makes the folder of a bundle; true if there is a checkpoint in it to resume from.
 * Throws `training/output-not-empty`.
 */
export async function prepareOutput(output: string, checkpointPath: string, resume: boolean): Promise<boolean> {
  await mkdir(output, { recursive: true });
  // What a run leaves that was killed while it wrote its first checkpoint is no obstacle.
  const all = await readdir(output);
  const hasCheckpoint = await access(checkpointPath).then(
    () => true,
    () => false,
  );
  const left = all.filter((name) => isTemporaryFileOf(checkpointPath, name) || (name === runLogName && !hasCheckpoint));
  for (const name of left) await rm(join(output, name));
  const names = all.filter((name) => !left.includes(name));
  const refuse = (message: string): never => {
    throw new TooltuneError('training/output-not-empty', message, { location: { file: output } });
  };
  if (names.includes('manifest.json')) refuse('this folder holds a finished adapter; choose another');
  if (resume && hasCheckpoint) return true;
  if (names.length > 0) {
    if (hasCheckpoint)
      refuse('this folder is not empty; pass --resume to go on with the run that was begun here, or choose another');
    refuse(
      `this folder is not empty${resume ? ', and there is no checkpoint in it to go on from' : ''}; choose another`,
    );
  }
  return false;
}
