import { fold, stemOf, wordsOf } from '../../checks/said-text.js';
import type { StylePassage } from '../../schemas/index.js';

/** A question that a passage answers, and the words of the passage that do. */
export interface PassageQuestion {
  question: string;
  answer: string;
}

/** Sentences of a text, each with its end. */
function sentencesOf(text: string): string[] {
  const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
  return [...segmenter.segment(text)]
    .map(({ segment }) => segment.trim())
    .filter((sentence) => /\p{L}/u.test(sentence));
}

/**
 * The user's questions with the sentence that answers them, where no answer is given; without questions, those that the sentences' own words give.
 */
export function questionsOf({ title, text, questions = [] }: StylePassage): PassageQuestion[] {
  if (questions.length === 0) return composedQuestions(title, text);
  return questions.map((one) => {
    if (typeof one !== 'string') return one;
    return { question: one, answer: likestSentence(one, text) };
  });
}

/** The sentence that shares the most words with a question; where several do, all of the text, which holds the answer. */
function likestSentence(question: string, text: string): string {
  const asked = new Set(stems(question));
  const sentences = sentencesOf(text).map((sentence) => {
    return { sentence, shared: stems(sentence).filter((stem) => asked.has(stem)).length };
  });
  const most = Math.max(...sentences.map(({ shared }) => shared));
  const likest = sentences.filter(({ shared }) => shared === most);
  return likest.length === 1 ? likest[0]!.sentence : text;
}

const stems = (text: string) => [
  ...new Set(
    wordsOf(fold(text))
      .filter((word) => word.length > 2)
      .map(stemOf),
  ),
];

const auxiliaries = 'is|are|was|were|can|must|may|will|should|has to|have to';
const clause = new RegExp(String.raw`^((?:[\p{L}\p{N}'-]+ ){1,6}?)(${auxiliaries}) (.+?)[.!]?$`, 'u');

/** "Members get one point per euro": several of them, and what they do. */
const plural =
  /^((?:(?:All|Most|Our|The) )?[\p{L}]+s(?: (?:to|of|from|in) [\p{L}]+)?) ([\p{Ll}]+(?<!s|ed|ing) .+?)[.!]?$/u;

/** "Refunds are paid within 14 days." → "are refunds paid within 14 days"; and what is said of the title. */
function composedQuestions(title: string, text: string): PassageQuestion[] {
  const name = /^[A-Z][a-z]/.test(title) && !/ [A-Z]/.test(title) ? lowerFirst(title) : title;
  const about = [`what do I need to know about ${name}`, `tell me about ${name}`];
  const [first = text, ...others] = sentencesOf(text);
  const ofSentences = [first, ...others].flatMap((sentence): PassageQuestion[] => {
    const [, duty, mine] = /^You (must|can|may|have to|need to) (.+?)[.!]?$/.exec(sentence) ?? [];
    if (duty !== undefined) {
      const asked = /^(?:can|may)$/.test(duty) ? `can I ${mine}` : `do I have to ${mine}`;
      return [{ question: asked.replaceAll(/\byour\b/g, 'my'), answer: sentence }];
    }
    const [, several, act] = plural.exec(sentence) ?? [];
    if (several !== undefined && !clause.test(sentence))
      return [{ question: `do ${lowerFirst(several)} ${act}`, answer: sentence }];
    const [, subject, verb, rest] = clause.exec(sentence) ?? [];
    if (subject === undefined || /\b(?:if|when|because|that|which|who)\b/i.test(subject)) return [];
    const who = lowerFirst(subject.trim());
    if (verb === 'has to' || verb === 'have to')
      return [{ question: `${verb === 'has to' ? 'does' : 'do'} ${who} have to ${rest}`, answer: sentence }];
    const asked = [{ question: `${verb} ${who} ${rest}`, answer: sentence }];
    const isThing = /^(?:is|are)$/.test(verb!) && /^(?:the|our|your|a|an) /.test(who);
    return isThing ? [...asked, { question: `what ${verb} ${who}`, answer: sentence }] : asked;
  });
  return [...about.map((question) => ({ question, answer: first })), ...ofSentences];
}

const lowerFirst = (text: string) =>
  /^(?:I|[A-Z]+)\b/.test(text) ? text : text.replace(/^\p{Lu}/u, (letter) => letter.toLowerCase());
