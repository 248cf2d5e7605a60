/** What the command ends with. */
export const exitCodes = {
  /** Done, and the answer is good. */
  ok: 0,
  /** It failed, or the result is negative: problems found, no valid call. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Stopped by Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For the end of --help. */
export const exitCodesHelp = 'Exit codes: 0 done; 1 failed or a negative result; 2 wrong usage; 130 interrupted.';
