/**
 * Verbs that can stand for each other before the same words: "find X", "look up X". A group's members are in the imperative;
 * those with `me` are said only where somebody is asked.
 */
const groups: readonly (readonly string[])[] = [
  ['find', 'find me', 'show me', 'get me', 'look up', 'look for', 'search for', 'pull up', 'bring up'],
  ['search', 'search for', 'look for', 'find', 'look up'],
  ['get', 'get me', 'show me', 'give me', 'fetch'],
  ['show', 'show me', 'let me see', 'give me'],
  ['list', 'show me', 'give me'],
  ['tell me', 'show me', 'give me'],
  ['book', 'reserve', 'book me', 'get me'],
  ['reserve', 'book'],
  ['play', 'put on', 'start playing', 'play me'],
  ['create', 'make', 'set up', 'add'],
  ['make', 'create', 'set up'],
  ['write', 'write down'],
  ['switch', 'turn'],
  ['turn', 'switch'],
  ['update', 'change', 'modify', 'edit'],
  ['change', 'update', 'modify', 'switch'],
  ['delete', 'remove', 'get rid of', 'erase', 'drop'],
  ['remove', 'delete', 'take away', 'drop'],
  ['cancel', 'call off', 'drop'],
  ['buy', 'purchase', 'order', 'get me'],
  ['order', 'buy', 'get me'],
  ['start', 'begin'],
  ['stop', 'end', 'halt', 'turn off'],
  ['turn on', 'switch on', 'activate'],
  ['turn off', 'switch off', 'deactivate', 'shut off'],
  ['open', 'open up'],
  ['close', 'shut'],
  ['schedule', 'set up', 'arrange', 'book'],
  ['check', 'look up'],
  ['track', 'follow'],
  ['translate', 'convert'],
  ['calculate', 'compute', 'work out', 'figure out'],
  ['transfer', 'send', 'move'],
  ['add'],
  ['send'],
  ['give'],
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

const wishes = ['I need', "I'd like", 'I would like', 'I want', 'can I get', 'could I get', 'can I have', 'get me'];
const searches = ["I'm looking for", 'looking for', 'where can I find', 'can you find', 'I need to find'];
const showings = ['I want to see', 'can I see', 'I would like to see', 'let me see', 'could I see'];
const hearings = [
  'I want to hear',
  'I want to listen to',
  "I'd like to hear",
  'let me hear',
  'can I hear',
  'I would like to listen to',
  'I feel like hearing',
  'can we listen to',
];

/** What can stand in a verb's place before a noun, saying what is wished rather than done: "I need a table". */
export const nounFrames: ReadonlyMap<string, readonly string[]> = new Map([
  ...['book', 'reserve', 'order', 'buy', 'get', 'get me', 'arrange', 'schedule', 'purchase'].map(
    (verb) => [verb, wishes] as const,
  ),
  ...['find', 'find me', 'search', 'search for', 'look for', 'look up'].map((verb) => [verb, searches] as const),
  ...['show', 'show me', 'list', 'fetch', 'check'].map((verb) => [verb, showings] as const),
  ...['play', 'put on', 'start playing', 'play me'].map((verb) => [verb, hearings] as const),
]);
