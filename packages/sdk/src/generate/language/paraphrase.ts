import type { Random } from '../../random/index.js';
import { chance, choose } from '../choose.js';
import { writeDown } from './registers.js';
import { embedded, formOf, type SentenceForm, timeFirst, turnedRound } from './sentences.js';
import { exchangesIn } from './synonyms.js';

const greetings = ['hi', 'hello', 'hey', 'hi there', 'good morning', 'hello there', 'hey there', 'ok so', 'um', 'so'];
const politeEnds = [
  'please',
  'thanks',
  'thank you',
  'thanks in advance',
  'please help',
  'thx',
  'many thanks',
  'cheers',
];
const urgentEnds = ['asap', 'as soon as possible', 'it is urgent', 'right away please', "I'm in a hurry"];

const beforeQuestion = [
  ...[
    'quick question',
    'one question',
    'I have a question',
    'question',
    'just wondering',
    'I was wondering',
    'just curious',
  ],
  ...[
    'please tell me',
    'excuse me',
    'sorry to bother you',
    'I need to know this',
    'maybe you know this',
    'help me out here',
  ],
];
/** What a question follows whose words stand in the order of a statement. */
const beforeEmbedded = [
  ...['can you tell me', 'could you tell me', 'do you know', "I'd like to know", 'I want to know', 'I need to know'],
  ...['please tell me', 'would you mind telling me', 'any idea', "I'm not sure", 'let me know', 'can you explain'],
  ...['I was wondering', 'could you let me know', "I can't find out", 'is there a way to see'],
];
/** Before what somebody else is to do: "show me". */
const beforeAsking = [
  'please',
  'can you',
  'could you',
  'can you please',
  'could you please',
  'would you',
  'I need you to',
];
const beforeRequest = [
  ...['please', 'can you', 'could you', 'can you please', 'could you please', 'I want to', 'I need to', "I'd like to"],
  ...['I would like to', 'I want you to', 'I need you to', 'would you', 'help me', 'go ahead and', "I'm trying to"],
  ...['is it possible to', 'I was hoping to', 'please help me', 'how do I', 'how can I'],
];
const beforeStatement = [
  ...[
    'it seems that',
    'I just saw that',
    'I noticed that',
    'the thing is,',
    'unfortunately',
    'I think',
    'it looks like',
  ],
  ...['I have a problem,', 'listen,', 'just so you know,', 'here is my problem:', 'I am afraid'],
];
const afterStatement = [
  ...[
    'what should I do',
    'what can I do',
    'can you help',
    'please help',
    'can you look into it',
    'what now',
    'any ideas',
  ],
  ...['please advise', 'how do I solve this', 'can you check that', 'what do I do now', 'is that normal'],
];

const asking = new RegExp(`(?:${afterStatement.filter((one) => !one.startsWith('please')).join('|')})$`);

/** Words that may not come in, as they speak of something else. */
export type IsAllowed = (word: string) => boolean;

export interface ParaphraseOptions {
  /** Default: every word may come in. */
  isAllowed?: IsAllowed;
  /** Where in a longer text it will stand: nobody greets twice. */
  part?: 'first' | 'last';
}

/**
 * Says a text in other words, without any model: synonyms, another order, politeness and registers, contractions, slips of the
 * fingers. The meaning stays what it was as far as a list of words can know.
 */
export function paraphrase(random: Random, text: string, options: ParaphraseOptions = {}): string {
  const { isAllowed = () => true, part } = options;
  let said = text.trim().replace(/[\s.!?]+$/, '');
  said = exchange(random, said, isAllowed);
  if (chance(random, 0.3)) said = turnedRound(said) ?? timeFirst(said) ?? said;
  const form = formOf(said);
  // A frame belongs to one sentence.
  const isShort = said.length < 110 && !/[.?!] /.test(said);
  if (isShort && chance(random, 0.75)) said = framed(random, said, form, part !== 'first');
  if (part !== 'last' && chance(random, 0.3))
    said = `${choose(random, greetings)}${chance(random, 0.5) ? ',' : ''} ${lowerFirst(said)}`;
  if (part !== 'first' && chance(random, 0.25))
    said = `${said}${chance(random, 0.6) ? ',' : ''} ${choose(random, chance(random, 0.75) ? politeEnds : urgentEnds)}`;
  if (chance(random, 0.12)) said = terse(said);
  const end = form === 'question' || asking.test(said) ? '?' : choose(random, ['.', '!']);
  const written = writeDown(random, [{ text: said, value: false }], { end });
  return written
    .map((piece) => piece.text)
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function framed(random: Random, text: string, form: SentenceForm, mayAsk: boolean): string {
  switch (form) {
    case 'question': {
      const behind = embedded(text);
      if (behind !== undefined && chance(random, 0.65)) return `${choose(random, beforeEmbedded)} ${behind}`;
      return `${choose(random, beforeQuestion)}${chance(random, 0.7) ? ',' : ':'} ${lowerFirst(text)}`;
    }
    case 'request': {
      if (/^please\b/i.test(text)) return text;
      const forMe = /^\S+ (?:me|us)\b/i.test(text);
      return `${choose(random, forMe ? beforeAsking : beforeRequest)} ${lowerFirst(text)}`;
    }
    case 'other':
      return text;
    case 'statement': {
      const begun = chance(random, 0.5) ? `${choose(random, beforeStatement)} ${lowerFirst(text)}` : text;
      return mayAsk && chance(random, 0.6) ? `${begun}, ${choose(random, afterStatement)}` : begun;
    }
  }
}

/** Each word that has a synonym is exchanged now and then. */
function exchange(random: Random, text: string, isAllowed: IsAllowed): string {
  let said = '';
  let at = 0;
  for (const { start, end, others } of exchangesIn(text)) {
    const allowed = others.filter((other) => other.split(' ').every(isAllowed));
    if (allowed.length === 0 || !chance(random, 0.45)) continue;
    said += text.slice(at, start) + choose(random, allowed);
    at = end;
  }
  return said + text.slice(at);
}

/** Without what a hurried person leaves out. */
function terse(text: string): string {
  const short = text.replaceAll(/\b(?:the|a|an|my|please|to the)\b ?/gi, '').trim();
  return short.split(' ').length >= 3 ? short : text;
}

const lowerFirst = (text: string) =>
  text.replace(/^\p{Lu}(?=\p{Ll}|\s(?!\p{Lu}))(?!\s)/u, (letter) => letter.toLowerCase());
