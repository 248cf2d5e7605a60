/**
 * Verbs that can stand for each other before the same words: "find X", "look up X". A group's members are in the imperative;
 * those with `me` are said only where somebody is asked.
 */
const groups: readonly (readonly string[])[] = [
  ['find', 'find me', 'show me', 'get me', 'look up', 'look for', 'search for', 'locate', 'pull up', 'bring up'],
  ['search', 'search for', 'look for', 'find', 'look up'],
  ['get', 'get me', 'show me', 'give me', 'tell me', 'fetch', 'check'],
  ['show', 'show me', 'display', 'let me see', 'give me'],
  ['list', 'show me', 'give me', 'tell me', 'name'],
  ['tell me', 'let me know', 'show me', 'give me', 'check'],
  ['book', 'reserve', 'book me', 'get me', 'arrange'],
  ['reserve', 'book'],
  ['play', 'put on', 'start playing', 'start', 'play me', 'turn on'],
  ['add', 'put', 'include'],
  ['rate', 'give', 'score', 'mark'],
  ['create', 'make', 'set up', 'add', 'start', 'open'],
  ['make', 'create', 'set up'],
  ['write', 'note', 'write down'],
  ['switch', 'turn'],
  ['turn', 'switch'],
  ['update', 'change', 'modify', 'edit'],
  ['change', 'update', 'modify', 'switch'],
  ['delete', 'remove', 'get rid of', 'erase', 'drop'],
  ['remove', 'delete', 'take away', 'drop'],
  ['cancel', 'call off', 'drop'],
  ['send', 'send off'],
  ['buy', 'purchase', 'order', 'get me'],
  ['order', 'buy', 'get me'],
  ['start', 'begin', 'launch', 'run', 'turn on'],
  ['stop', 'end', 'halt', 'turn off'],
  ['turn on', 'switch on', 'activate'],
  ['turn off', 'switch off', 'deactivate', 'shut off'],
  ['open', 'open up'],
  ['close', 'shut'],
  ['schedule', 'plan', 'set up', 'arrange', 'book'],
  ['check', 'look up', 'tell me', 'see'],
  ['track', 'follow', 'check'],
  ['translate', 'convert'],
  ['calculate', 'compute', 'work out', 'figure out'],
  ['transfer', 'send', 'move'],
  ['assign', 'give', 'hand'],
  ['notify', 'tell', 'inform', 'alert'],
  ['remind', 'remind me'],
];

const longestFirst = groups
  .flatMap((group) => group.map((verb) => ({ verb, group })))
  .sort((one, other) => other.verb.length - one.verb.length);

/** The verb that a request in the imperative begins with, and those that can take its place, itself included. */
export function leadingVerb(text: string): { verb: string; alternatives: readonly string[] } | undefined {
  const lower = text.toLowerCase();
  const verb = longestFirst.find((entry) => lower.startsWith(`${entry.verb} `) || lower === entry.verb)?.verb;
  if (verb === undefined) return undefined;
  const own = groups.find((group) => group[0] === verb) ?? groups.find((group) => group.includes(verb))!;
  return { verb, alternatives: own.includes(verb) ? own : [verb, ...own] };
}

/** Verbs after which "what is" asks for the same. */
export const askingVerbs = new Set([
  'get',
  'find',
  'show',
  'list',
  'check',
  'search',
  'look',
  'fetch',
  'read',
  'retrieve',
  'tell',
]);

const wishes = [
  'I need',
  "I'd like",
  'I would like',
  'I want',
  'need',
  'can I get',
  'could I get',
  'can I have',
  'get me',
  "I'm looking for",
  'looking for',
];
const searches = [
  "I'm looking for",
  'looking for',
  'I want to see',
  'where can I find',
  'do you have',
  'can I see',
  'I would like to see',
  'let me see',
  'is there',
  'can you find',
  'where is',
  'I need to find',
  'can I get',
  'I need',
];
const hearings = [
  'I want to hear',
  'I want to listen to',
  "I'd like to hear",
  'let me hear',
  'can I hear',
  'I would like to listen to',
  'I feel like hearing',
  'can we listen to',
  'let us listen to',
];

/** What can stand in a verb's place before a noun, saying what is wished rather than done: "I need a table". */
export const nounFrames: ReadonlyMap<string, readonly string[]> = new Map([
  ...['book', 'reserve', 'order', 'buy', 'get', 'get me', 'arrange', 'schedule', 'purchase'].map(
    (verb) => [verb, wishes] as const,
  ),
  ...[
    'find',
    'find me',
    'search',
    'search for',
    'look for',
    'look up',
    'show',
    'show me',
    'locate',
    'list',
    'fetch',
    'check',
  ].map((verb) => [verb, searches] as const),
  ...['play', 'put on', 'start playing', 'play me'].map((verb) => [verb, hearings] as const),
]);
