import { access } from 'node:fs/promises';
import { TooltuneError } from '@tooltune/sdk';

/** Refuses a file that is there, unless the user said --force. @throws TooltuneError with the code given */
export async function refuseExisting(file: string, code: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw new TooltuneError(code, `${file} is there already; choose another, or write over it with --force`);
}
