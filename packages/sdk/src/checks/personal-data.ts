import { isIban, isLuhn } from './checksums.js';

/** What is looked for in texts. */
export const personalDataKinds = ['email', 'phone', 'card', 'iban', 'ip', 'secret'] as const;
export type PersonalDataKind = (typeof personalDataKinds)[number];

/** A piece of a text that is personal, or a secret. */
export interface PersonalData {
  kind: PersonalDataKind;
  start: number;
  end: number;
  text: string;
}

/** What the kinds are called in messages. */
export const personalDataNames: Record<PersonalDataKind, string> = {
  email: 'an email address',
  phone: 'a phone number',
  card: 'a payment card number',
  iban: 'an IBAN',
  ip: 'an IP address',
  secret: 'a secret (key, token or password)',
};

type Finder = (text: string) => Iterable<Omit<PersonalData, 'kind'>>;

/** In the order in which they are believed: what one has taken is not another. */
const finders: readonly [PersonalDataKind, Finder][] = [
  ['secret', findSecrets],
  ['email', findEmails],
  ['iban', findIbans],
  ['card', findCards],
  ['ip', findIps],
  ['phone', findPhones],
];

/**
 * Finds email addresses, phone numbers, payment cards (with Luhn's check), IBANs (with theirs), public IP addresses and
 * secrets, by their form alone: names and addresses of people are not found. What is set aside for examples (example.com,
 * 555-01xx, 192.0.2.x, test cards) is left out. In the order of the text.
 */
export function findPersonalData(text: string): PersonalData[] {
  // Most texts have none of the characters that every kind needs.
  if (!/[@\d]|[A-Za-z0-9_-]{16}|passw|:/i.test(text)) return [];
  const found: PersonalData[] = [];
  for (const [kind, find] of finders) {
    for (const one of find(text)) {
      if (!found.some(({ start, end }) => one.start < end && start < one.end)) found.push({ kind, ...one });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

function* matches(text: string, pattern: RegExp, group = 0): Generator<{ start: number; end: number; text: string }> {
  for (const match of text.matchAll(pattern)) {
    const value = match[group];
    if (value === undefined) continue;
    const start = match.index + (group === 0 ? 0 : match[0].lastIndexOf(value));
    yield { start, end: start + value.length, text: value };
  }
}

/** RFC 2606 and RFC 6761 set names aside for examples. */
const exampleDomain = /(?:^|[@.])(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$/i;

function* findEmails(text: string): ReturnType<Finder> & Generator {
  const pattern =
    /(?<![\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-])[\p{L}\p{N}][\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{0,63}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+\p{L}{2,24}(?![\p{L}\p{N}-])/gu;
  for (const one of matches(text, pattern)) if (!exampleDomain.test(one.text)) yield one;
}

/** Cards by their issuer's first digits and length (ISO/IEC 7812). */
const issuers: readonly [RegExp, readonly number[]][] = [
  [/^4/, [13, 16, 19]],
  [/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(6011|65|64[4-9])/, [16, 19]],
  [/^35(2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^3(0[0-5]|[689])/, [14]],
  [/^(50|5[6-9]|6)/, [13, 14, 15, 16, 17, 18, 19]],
];
/** Numbers that processors of payments publish for tests, and the placeholders of redaction. */
const testCard =
  /^(\d0{5}|42424242|41111111|40128888|5555555555554444|5105105105105100|378282246310005|371449635398431|6011111111111117|30569309025904)/;

/** True for the digits of a payment card, but not of one for tests. */
export function isCard(digits: string): boolean {
  if (testCard.test(digits) || !isLuhn(digits) || /^(\d)\1+$/.test(digits)) return false;
  return issuers.some(([start, lengths]) => start.test(digits) && lengths.includes(digits.length));
}

function* findCards(text: string): ReturnType<Finder> & Generator {
  for (const one of matches(text, /(?<![\d.\p{L}])\d(?:[ -]?\d){12,18}(?![\d\p{L}])/gu)) {
    if (isCard(one.text.replaceAll(/\D/g, ''))) yield one;
  }
}

/** Redaction leaves an account number of zeros and crosses, but for its end. */
const placeholderAccount = /^[A-Z]{2}\d{2}[0X]+.{6}$/;

function* findIbans(text: string): ReturnType<Finder> & Generator {
  for (const one of matches(
    text,
    /(?<![\p{L}\p{N}_-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![\p{L}\p{N}])/giu,
  )) {
    const iban = one.text.replaceAll(' ', '').toUpperCase();
    if (isIban(iban) && !placeholderAccount.test(iban)) yield one;
  }
}

function* findIps(text: string): ReturnType<Finder> & Generator {
  const four =
    /(?<![\d.\p{L}])(?<!\bv(?:ersion)?\s?)(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.]*\d|\p{L})/giu;
  for (const one of matches(text, four)) if (!isSpecialIp(one.text)) yield one;
  const six = /(?<![\p{L}\p{N}:.])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){1,6}(?![\p{L}\p{N}:])/giu;
  for (const one of matches(text, six)) {
    const groups = one.text.split(/::?/).length;
    const isWhole = one.text.includes('::') ? groups <= 8 : groups === 8;
    if (isWhole && one.text.split('::').length <= 2 && !/^(2001:0?db8|f[cd]|fe[89ab])/i.test(one.text)) yield one;
  }
}

/** Private, local, reserved and documentation ranges (RFC 1918, 5735, 5737, 6598). */
function isSpecialIp(ip: string): boolean {
  return /^(0|10|127|22[4-9]|2[3-5]\d)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^169\.254\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^192\.0\.[02]\.|^198\.51\.100\.|^203\.0\.113\.|^198\.1[89]\./.test(
    ip,
  );
}

const phoneWords =
  /\b(?:phone|call|dial|ring|text|sms|mobile|cell|tel|telephone|whatsapp|fax|number|contact|reach)\b[^\d\n]{0,24}$/i;

function* findPhones(text: string): ReturnType<Finder> & Generator {
  for (const one of matches(
    text,
    /(?<![\p{L}\p{N}.,$€£#/-])(?:\+|\(\+?)?\d(?:[ ()./-]{0,3}\d){6,14}(?![\p{L}\p{N}]|[.,/-]\d)/gu,
  )) {
    const digits = one.text.replaceAll(/\D/g, '');
    if (/^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}/.test(one.text) || /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b/.test(one.text))
      continue;
    if (/5550?1\d\d$/.test(digits) || /^(\d)\1+$/.test(digits)) continue;
    const isInternational = /^(?:\(?\+|00)[1-9]/.test(one.text) && digits.length >= 8;
    const isAmerican = /^1?[-. ]?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])[2-9]\d\d[-. ]\d{4}$/.test(one.text);
    const isNational =
      /^\(?0[1-9]/.test(one.text) && /[ ()/-]/.test(one.text) && digits.length >= 9 && digits.length <= 12;
    const isNamed = digits.length <= 13 && phoneWords.test(text.slice(Math.max(0, one.start - 48), one.start));
    if (isInternational || isAmerican || isNational || isNamed) yield one;
  }
}

/** Forms that services give their keys. */
const secretForms: readonly RegExp[] = [
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/g,
  /\bgithub_pat_[A-Za-z0-9_]{22,}\b/g,
  /\bglpat-[A-Za-z0-9_-]{20,}/g,
  /\b(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{16,}\b/g,
  /\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\bhf_[A-Za-z0-9]{30,}\b/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]*?-----END (?:[A-Z]+ )*PRIVATE KEY-----/g,
];
const namedSecret =
  /\b(?:api[ _-]?key|access[ _-]?key|secret(?:[ _-]?key)?|auth[ _-]?token|token|passw(?:or)?d|passphrase|bearer)\b["']?\s*(?:[:=]|\bis\b)?\s*["']?([^\s"',;]{8,})/gi;

function* findSecrets(text: string): ReturnType<Finder> & Generator {
  const isPlaceholder = (value: string) => /EXAMPLE|example|x{6}|\*{4}|<[^>]*>|\$\{/.test(value);
  for (const form of secretForms) for (const one of matches(text, form)) if (!isPlaceholder(one.text)) yield one;
  for (const one of matches(text, namedSecret, 1)) {
    // A word is no password: letters alone do not count.
    if (/\d/.test(one.text) && /[A-Za-z]/.test(one.text) && !isPlaceholder(one.text)) yield one;
  }
}
