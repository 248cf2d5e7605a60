import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TooltuneError } from '@tooltune/sdk';

/**
 * What takes minutes to measure must not be lost because there is no folder for it.
 * @throws TooltuneError `eval/report-folder`
 */
export async function checkFolderOf(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await access(folder, constants.W_OK);
  } catch (cause) {
    const message = `${path}: the report cannot be written there; make the folder ${folder} first, or choose another`;
    throw new TooltuneError('eval/report-folder', message, { cause });
  }
}
