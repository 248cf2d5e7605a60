import { leadingVerb } from './verbs.js';

/** How a sentence is built, by its first word. */
export type SentenceForm = 'question' | 'request' | 'statement' | 'other';

const auxiliaries = 'is|are|was|were|will|can|could|should|would|may|must|do|does|did|has|have|am';
const questionWords = 'what|when|where|why|who|which|how|whose';
const question = new RegExp(`^(?:${questionWords}|${auxiliaries})\\b|\\?\\s*$`, 'i');
const statement =
  /^(?:(?:i|i'm|i've|i'd|i'll|we|we're|my|our|the|a|an|this|that|it|it's|there|there's|your|you|someone|somebody|nobody|no|some|he|she|they)\b|\p{L}+(?:'s)? (?:is|are|was|were|has|have|had|does|did)\b)/iu;

/** Verbs that requests begin with besides those of verbs.ts. */
const request =
  /^(?:report|file|check|explain|give|take|bring|put|keep|move|pay|block|freeze|unlock|lock|reset|renew|return|replace|activate|verify|confirm|submit|upload|download|print|share|save|read|call|sign|register|subscribe|unsubscribe|apply|request|exchange|upgrade|downgrade|talk|speak|connect|set|use|log|tell|teach|recommend|suggest|compare|repeat|skip|pause|resume|flip|roll|pick|water|feed|clean)\s/i;

export function formOf(text: string): SentenceForm {
  if (question.test(text)) return 'question';
  if (statement.test(text)) return 'statement';
  return leadingVerb(text) !== undefined || request.test(text) ? 'request' : 'other';
}

const subject = String.raw`(?:I|you|we|they|it|this|that|there|(?:my|the|your|our|this|that|a|an) [\p{L}'-]+(?: (?:card|account|order|number|payment|transfer|flight|bill|password|code|fee|balance|limit|time|date))?)`;
const inverted = new RegExp(
  `^(${questionWords}(?: (?:long|much|many|often|soon|far))?)(?:'s | (?:(${auxiliaries}) ))(${subject}) (.+)$`,
  'iu',
);
const yesNo = new RegExp(
  `^(is|are|was|were|will|can|could|should|would|may|must|do|have|has) (${subject}) (.+)$`,
  'iu',
);

/** "when will my card arrive" as it stands behind "can you tell me": "when my card will arrive". Undefined if not known. */
export function embedded(text: string): string | undefined {
  const plain = text.replace(/[?.!\s]+$/, '');
  const [, word, auxiliary = 'is', who, rest] = inverted.exec(plain) ?? [];
  // "where does it go" would need "where it goes".
  if (/^(?:does|did)$/i.test(auxiliary)) return undefined;
  if (word !== undefined && isBroken(auxiliary, who!, rest!)) return undefined;
  if (word !== undefined) return `${word.toLowerCase()} ${joined(auxiliary, who!, rest!)}`;
  const [, verb, subjectOf, others] = yesNo.exec(plain) ?? [];
  return verb === undefined ? undefined : `if ${joined(verb, subjectOf!, others!)}`;
}

/** Of "what is the top speed" only "the top" would be taken for the subject. */
function isBroken(auxiliary: string, who: string, rest: string): boolean {
  if (!/^(?:is|are|was|were)$/i.test(auxiliary) || !who.includes(' ')) return false;
  return !/^(?:of|for|in|on|from|with|at|not|still|so|being|available|open|closed|\p{L}+ing|\p{L}+ed)\b/iu.test(rest);
}

/** "will", "my card", "arrive": my card will arrive. "do" is not said. */
function joined(auxiliary: string, who: string, rest: string): string {
  const verb = auxiliary.toLowerCase();
  if (verb === 'do') return `${who} ${rest}`;
  // What belongs to the subject stays with it: what the capital of Poland is.
  if (/^(?:of|for|in|on|from|with)\b/i.test(rest)) return `${who} ${rest} ${verb}`;
  return `${who} ${verb} ${rest}`;
}

/** What follows the last comma, "if", "because" or "when", said first: "if it rains, what do I do". Undefined where there is none. */
export function turnedRound(text: string): string | undefined {
  const plain = text.replace(/[?.!\s]+$/, '');
  const [, first, joint, second] =
    /^(.{8,}?)[,]? (if|because|after|since|before|when|while) (.{8,})$/i.exec(plain) ?? [];
  if (first === undefined || /^(tell|know|ask|see|if|because|when)\b/i.test(first)) return undefined;
  return `${joint!.toLowerCase()} ${second}, ${first}`;
}

const trailing =
  /^(.{8,}) (today|tomorrow|yesterday|last (?:night|week|month|year)|this (?:morning|week|month|year)|right now|(?:two|three|a few) (?:days|weeks) ago)$/i;

/** A time that ends a statement, said first: "yesterday my card was stolen". */
export function timeFirst(text: string): string | undefined {
  const [, rest, time] = trailing.exec(text.replace(/[?.!\s]+$/, '')) ?? [];
  return rest === undefined || formOf(rest) !== 'statement' ? undefined : `${time!.toLowerCase()} ${rest}`;
}
