import type { Random } from '../../random/index.js';
import { chance, choose, chooseWeighted } from '../choose.js';
import { openers, type Register, registers, splitOpener } from '../language/openers.js';
import { formOf } from '../language/sentences.js';
import { leadingVerb, nounFrames } from '../language/verbs.js';
import type { Phrase, RequestTemplate, TemplateForm } from './template.js';

/** The beginning in some register: another opener, another verb. Questions and what begins with a value stay as they are. */
export function headPieces(random: Random, template: RequestTemplate, bare: boolean): Phrase {
  const [first, ...rest] = template.head.parts;
  if (first === undefined || !('text' in first)) return template.head;
  if (template.sentence !== undefined) {
    const isAsked = template.sentence === 'imperative' && !bare && chance(random, 0.45);
    return isAsked ? { parts: [{ text: withOpener(random, first.text) }, ...rest] } : template.head;
  }
  const { opener, rest: body } = splitOpener(first.text);
  const verb = leadingVerb(body);
  // "Book spot" is said by who writes telegrams, and by nobody who is polite.
  if (/^\w+ (?:spot|table|reservation|seat|place)\b|\breservation\b/i.test(body)) return template.head;
  if (verb === undefined || (template.end === '?' && opener === '')) return template.head;
  const asked = body.slice(verb.verb.length);
  const frames = nounFrames.get(verb.verb);
  if (
    !bare &&
    frames !== undefined &&
    !(frames.includes('I need') && frames.includes('get me') && /^\s+(a|an|the|some)\s*$/i.test(asked)) &&
    (asked.trim() === '' || /^\s+(a|an|the|some|this|my)\b/i.test(asked)) &&
    chance(random, 0.25)
  ) {
    return { parts: [{ text: `${choose(random, frames)}${asked === '' ? ' ' : asked}` }, ...rest] };
  }
  const text = (chance(random, 0.35) ? choose(random, verb.alternatives) : body.slice(0, verb.verb.length)) + asked;
  if (bare) return { parts: [{ text: uncapitalise(text) }, ...rest] };
  if (chance(random, opener === '' ? 0.45 : 0.6)) {
    return { parts: [{ text: withOpener(random, text) }, ...rest] };
  }
  return { parts: [{ text: opener + text }, ...rest] };
}

const forOneself =
  /^((?:.*\b)?(?:I (?:want|need|would like|was hoping|am looking)|I'd like|I wanna|I'm trying|let's|possible|help me)(?: to)?) (get|find|show|tell|give|book|play|bring) me\b/i;

/** "I need to get me a table": nobody speaks so of themselves. */
export function withoutMe({ parts }: Phrase): Phrase {
  const [first, ...rest] = parts;
  if (first === undefined || !('text' in first)) return { parts };
  const text = first.text.replace(
    forOneself,
    (_, begin: string, verb: string) =>
      `${begin} ${/^show$/i.test(verb) ? 'see' : /^tell$/i.test(verb) ? 'know' : verb}`,
  );
  return { parts: [{ text }, ...rest] };
}

function withOpener(random: Random, text: string): string {
  const register: Register = chooseWeighted(
    random,
    registers,
    (one) => ({ terse: 3, plain: 3, polite: 3, spoken: 1, indirect: 0.7 })[one],
  );
  // "I want to remind me" is not said.
  const isForMe = /^(?:remind|wake|let|tell|give|get|show|find|book|play) me\b/i.test(text);
  const fitting = openers[register].filter(
    (one) =>
      !isForMe ||
      !/^(?:I (?!need you|want you)|I'm trying|let's|help|is it|would it)/i.test(one) ||
      /\byou\b/.test(one),
  );
  const opener = choose(random, fitting);
  return opener === '' ? text : `${opener} ${uncapitalise(text)}`;
}

const asking =
  /^(?:(?:hey|ok|hi|so|um|alright)[, ]+)?(?:can|could|would|will|is|are|do|does|did|what|which|when|where|how|who|may|should|shall)\b/i;

/** True of what is put as a question, by its first words. */
export function asksSomebody(text: string): boolean {
  return asking.test(text);
}

const uncapitalise = (text: string) => text.replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase());

/** What a template asks for by its first words: something to be done, or something to be known. */
export function formOfHead({ head: { parts }, end }: RequestTemplate): TemplateForm {
  const [first] = parts;
  if (first === undefined || !('text' in first)) return 'statement';
  const { rest } = splitOpener(first.text);
  const form = formOf(rest.trim());
  if (leadingVerb(rest) !== undefined || form === 'request') return 'imperative';
  return end === '?' || form === 'question' ? 'question' : 'statement';
}
