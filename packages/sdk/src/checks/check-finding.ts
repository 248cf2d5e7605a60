import type { Example } from '../dataset/index.js';
import type { SourceLocation } from '../errors/index.js';
import { type CheckRule, type CheckSeverity, checkRules } from './check-rules.js';

/** Something about a data set that its writer should know. */
export interface CheckFinding {
  rule: CheckRule;
  severity: CheckSeverity;
  /** File, and where one row is meant, its line and the JSON pointer in the chat-completions shape. */
  location: SourceLocation;
  message: string;
}

/** What a file is for. */
export const fileRoles = ['train', 'validation', 'test'] as const;
export type FileRole = (typeof fileRoles)[number];

/** A file of a data set, read. */
export interface CheckedFile {
  /** Path or name, as the user gave it. */
  file: string;
  /** Default: what the name says (roleOfFile). */
  role?: FileRole | undefined;
  examples: readonly Example[];
}

/** What a file is for, by its name: `held-out`, `test`, `eval`, `validation` and `dev` are; else it is to train on. */
export function roleOfFile(file: string): FileRole {
  const name = file.split(/[\\/]/).at(-1)!.toLowerCase();
  if (/(^|[^a-z])(test|tests|eval|evaluation|held[-_ ]?out|holdout|benchmark)([^a-z]|$)/.test(name)) return 'test';
  if (/(^|[^a-z])(val|valid|validation|dev)([^a-z]|$)/.test(name)) return 'validation';
  return 'train';
}

/** Takes a finding; severities are the rules'. */
export type ReportFinding = (rule: CheckRule, location: SourceLocation, message: string) => void;

export function createFindings(disabled: readonly CheckRule[]): { findings: CheckFinding[]; report: ReportFinding } {
  const findings: CheckFinding[] = [];
  const report: ReportFinding = (rule, location, message) => {
    if (!disabled.includes(rule)) findings.push({ rule, severity: checkRules[rule], location, message });
  };
  return { findings, report };
}
