import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { collectDataset, type Example, formatDataset, SchemaError, type Toolset, TooltuneError } from '@tooltune/sdk';
import { type PersonalDataKind, redactDataset } from '@tooltune/sdk/checks';
import { writeFileAtomic } from '@tooltune/sdk/files';
import { refuseExisting } from '../refuse-existing.js';

/** A file that was read. */
export interface RedactableFile {
  file: string;
  examples: readonly Example[];
}

export interface Redacted {
  files: { file: string; rows: number }[];
  replaced: Partial<Record<PersonalDataKind, number>>;
}

/** Writes the rows with placeholders: one file, or for several files a folder of them. */
export async function writeRedacted(
  target: string,
  files: readonly RedactableFile[],
  toolset: Toolset | undefined,
  { seed, force }: { seed: number; force: boolean },
): Promise<Redacted> {
  const outputs = files.length === 1 ? [target] : files.map(({ file }) => join(target, basename(file)));
  if (new Set(outputs).size < outputs.length) {
    throw new TooltuneError('check/not-redacted', 'two files have the same name; redact them one by one');
  }
  if (!force) for (const file of outputs) await refuseExisting(file, 'check/file-exists');
  const { examples, replaced } = redactDataset(
    files.flatMap((file) => file.examples),
    { seed },
  );
  const texts: { file: string; text: string; rows: number }[] = [];
  let start = 0;
  for (const [index, { file, examples: originals }] of files.entries()) {
    const ofFile: Example[] = examples.slice(start, start + originals.length);
    start += originals.length;
    const text = formatDataset(ofFile);
    refuseInvalid(text, file, originals, toolset);
    texts.push({ file: outputs[index]!, text, rows: originals.length });
  }
  if (files.length > 1) await mkdir(target, { recursive: true });
  for (const { file, text } of texts) await writeFileAtomic(file, text);
  return { files: texts.map(({ file, rows }) => ({ file, rows })), replaced };
}

/** A placeholder may break a pattern or a length that the tool wants. */
function refuseInvalid(text: string, file: string, originals: readonly Example[], toolset: Toolset | undefined): void {
  const { problems } = collectDataset(text, { file, ...(toolset === undefined ? {} : { toolset }) });
  if (problems.length === 0) return;
  const placed = problems.map(({ location, message }) => ({
    location: { ...location, line: originals[location.line! - 1]!.location.line! },
    message: `with a placeholder: ${message}`,
  }));
  throw new SchemaError('Rows would not be valid once they are redacted; change or remove them first:', placed, {
    code: 'check/not-redacted',
  });
}

/** `2 email, 1 phone`. */
export function replacedText(replaced: Redacted['replaced']): string {
  const counts = Object.entries(replaced).map(([kind, count]) => `${count} ${kind}`);
  return counts.length === 0 ? 'nothing to replace' : `different values replaced: ${counts.join(', ')}`;
}
