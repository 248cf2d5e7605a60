import { fileURLToPath } from 'node:url';
import { type ConversationExample, type Example, parseJson } from '@tooltune/sdk';
import { readDataset, readTextFile } from '@tooltune/sdk/files';

/** Texts and questions that no run learns from. */
export interface ForgettingSet {
  /** Paragraphs of prose of different kinds. */
  texts: readonly string[];
  /** Everyday questions with their answers. */
  questions: readonly ConversationExample[];
}

/** The rows of everyday conversation that come with the package, see data/README.md. @throws FileError */
export async function readReplayRows(): Promise<Example[]> {
  return readDataset(dataFile('replay.jsonl'));
}

/** What forgetting is measured on, see data/README.md. @throws FileError */
export async function readForgettingSet(): Promise<ForgettingSet> {
  const lines = (await readTextFile(dataFile('forgetting-text.jsonl'))).trimEnd().split('\n');
  return {
    texts: lines.map((line) => (parseJson(line).value as { text: string }).text),
    questions: (await readDataset(dataFile('forgetting-questions.jsonl'))) as ConversationExample[],
  };
}

/** This module lies one folder below the package's root, in src and in dist alike. */
function dataFile(name: string): string {
  return fileURLToPath(new URL(`../data/${name}`, import.meta.url));
}
