/** `error`: training on it, or believing what is measured with it, goes wrong. `warning`: it may. `note`: worth knowing. */
export type CheckSeverity = 'error' | 'warning' | 'note';

/** What is looked for in rows that are valid; names are stable. */
export const checkRules = {
  /** The same request with other calls. */
  contradiction: 'error',
  /** A request to test or validate with that is trained on. */
  leak: 'error',
  /** More tokens than the model can take. */
  'too-long': 'error',
  /** The chat template does not take it. */
  'not-renderable': 'error',
  /** Nothing in it is learnt: no word, no call, or weight 0 everywhere. */
  'no-labels': 'error',
  /** A value of a call that nobody said and that cannot be derived from what was said. */
  ungrounded: 'warning',
  'personal-data': 'warning',
  secret: 'warning',
  /** The same request and the same calls as an earlier row. */
  duplicate: 'warning',
  /** Nearly the same request, and the same calls. */
  'near-duplicate': 'warning',
  /** Nearly the same request as in a file to train on, and the same calls. */
  'near-leak': 'warning',
  'tool-unused': 'warning',
  'tools-unbalanced': 'warning',
  /** A choice (enum, boolean) that no word of the conversation speaks for: the model has to know what is meant. */
  'ungrounded-choice': 'note',
  'tool-rare': 'note',
  'argument-unused': 'note',
  'argument-constant': 'note',
  'enum-unused': 'note',
} as const satisfies Record<string, CheckSeverity>;

export type CheckRule = keyof typeof checkRules;
