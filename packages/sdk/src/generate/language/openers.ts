/** What comes before a request in the imperative ("book a table"), by register. The empty one is the commonest. */
export const openers = {
  terse: ['', '', '', ''],
  plain: ['', '', '', '', 'I want to', 'I need to', 'I want you to', 'I need you to', 'go ahead and', "let's"],
  polite: [
    'please',
    'please',
    'can you',
    'could you',
    'can you please',
    'could you please',
    "I'd like to",
    "I'd like you to",
    'I would like to',
    'would you',
    'would you please',
    'kindly',
    'will you',
  ],
  spoken: ['I wanna', 'hey,', 'ok,', 'hey can you', 'um,', 'so,', 'alright,', 'just', 'ok can you', 'hi, please'],
  indirect: [
    'help me',
    'I was hoping to',
    "I'm trying to",
    'I am looking to',
    'do you think you could',
    'would it be possible to',
    'is it possible to',
    "I'm going to need you to",
    'maybe you could',
  ],
} as const;

export type Register = keyof typeof openers;

export const registers = Object.keys(openers) as Register[];

const all = Object.values(openers)
  .flat()
  .filter((opener) => opener !== '')
  .sort((one, other) => other.length - one.length);

/** A request without its opener, where it has one; the opener as it was written. */
export function splitOpener(text: string): { opener: string; rest: string } {
  let rest = text;
  for (;;) {
    const found = all.find((opener) => {
      const next = rest[opener.length];
      return rest.toLowerCase().startsWith(opener.toLowerCase()) && next !== undefined && /[\s,]/.test(next);
    });
    if (found === undefined) break;
    rest = rest.slice(found.length).replace(/^[\s,]+/, '');
  }
  return { opener: text.slice(0, text.length - rest.length), rest };
}
