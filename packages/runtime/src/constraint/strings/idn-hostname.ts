import { decodePunycode, encodePunycode } from './punycode.js';

/** RFC 3490, section 3.1. */
const DOTS = /[.\u3002\uff0e\uff61]/;
const MOST_OCTETS = 253;
const MOST_LABEL_OCTETS = 63;

const ASCII = /^[\0-\x7f]*$/;
/** Without `--` in the third and fourth place, which only A-labels have. */
const ASCII_LABEL = /^(?!..--)[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?$/;
const A_LABEL = /^xn--/i;

/** Code points that RFC 5892, section 2, disallows; for some only EXCEPTIONS say otherwise. */
const DISALLOWED =
  /[\u20d0-\u20ff]|[\u302e-\u302f\u1100-\u11ff\u3031-\u3035\u303b\u0640\u07fa\ua960-\ua97f\ud7b0-\ud7ff\u{1d100}-\u{1d24f}\p{Changes_When_NFKC_Casefolded}\p{Me}\p{Nl}\p{No}\p{P}\p{S}\p{Z}\p{C}]/u;
/** Allowed, if only in some contexts. */
const EXCEPTIONS = /[\u200c-\u200d\xb7\xdf\u0375\u03c2\u05f3\u05f4\u06fd\u06fe\u0f0b\u3007\u30fb-]/gu;

/** RFC 5892, appendix A.3 to A.9: where code points that need a context are without it. */
const OUT_OF_CONTEXT = [
  /(?<!l)\xb7|\xb7(?!l)/u,
  /\u0375(?!\p{Script=Greek})/u,
  /(?<!\p{Script=Hebrew})[\u05f3\u05f4]/u,
  /^(?!.*[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]).*\u30fb/u,
  /[\u0660-\u0669].*[\u06f0-\u06f9]|[\u06f0-\u06f9].*[\u0660-\u0669]/u,
];

/** Letters of Arabic script that join what follows, and those that join only what precedes (Joining_Type D and R). */
const DUAL_JOINING =
  '\\u0620\\u0626\\u0628\\u062a-\\u062e\\u0633-\\u063f\\u0641-\\u0647\\u0649\\u064a\\u066e\\u066f\\u0679-\\u0687\\u069a-\\u06bf\\u06c1\\u06c2\\u06cc\\u06ce\\u06d0\\u06d1\\u06fa-\\u06fc\\u06ff';
const RIGHT_JOINING =
  '\\u0622-\\u0625\\u0627\\u0629\\u062f-\\u0632\\u0648\\u0671-\\u0673\\u0688-\\u0699\\u06c0\\u06c3-\\u06cb\\u06cd\\u06cf\\u06d2\\u06d3\\u06d5\\u06ee\\u06ef';
/** RFC 5892, appendix A.1, as far as Arabic script goes. */
const BREAKS_JOIN_BEFORE = new RegExp(`[${DUAL_JOINING}]\\p{Mn}*$`, 'u');
const BREAKS_JOIN_AFTER = new RegExp(`^\\p{Mn}*[${DUAL_JOINING}${RIGHT_JOINING}]`, 'u');

/** Blocks of scripts that are written from right to left (Bidi_Class R or AL). */
const RIGHT_TO_LEFT =
  '\\u0590-\\u065f\\u066a-\\u06ef\\u06fa-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufeff\\u{10800}-\\u{10d2f}\\u{10d3a}-\\u{10fff}\\u{1e800}-\\u{1efff}';
const ARABIC_DIGITS = '\\u0660-\\u0669\\u{10d30}-\\u{10d39}';
const EUROPEAN_DIGITS = '0-9\\u06f0-\\u06f9';
const IS_RIGHT_TO_LEFT = new RegExp(`[${RIGHT_TO_LEFT}${ARABIC_DIGITS}]`, 'u');
/** RFC 5893, section 2, conditions 1 to 4. */
const RIGHT_TO_LEFT_LABEL = new RegExp(
  `^(?!.*[${ARABIC_DIGITS}].*[${EUROPEAN_DIGITS}]|.*[${EUROPEAN_DIGITS}].*[${ARABIC_DIGITS}])(?=[${RIGHT_TO_LEFT}])[${RIGHT_TO_LEFT}${ARABIC_DIGITS}${EUROPEAN_DIGITS}\\u200c-]+(?<![\\u200c-]\\p{Mn}*)$`,
  'u',
);
/** Conditions 5 and 6, with letters of certain direction only. */
const LEFT_TO_RIGHT_LABEL = /^(?=[\p{Ll}\p{Lu}\p{Lo}])[\u200c-\u200d\p{Ll}\p{Lu}\p{Lo}\p{M}0-9-]+(?<!-\p{M}*)$/u;

/**
 * Whether the text is a host name of U-labels, A-labels and ASCII labels (RFC 5890, section 2.3.2). Where IDNA2008 asks
 * for properties of code points that ECMAScript does not know, some rare names are refused that are valid.
 */
export function isIdnHostname(text: string): boolean {
  if (text.length > MOST_OCTETS) return false;
  const labels: string[] = [];
  let octets = -1;
  for (const label of text.split(DOTS)) {
    const unicode = A_LABEL.test(label) ? decodeALabel(label.toLowerCase()) : label;
    if (unicode === undefined || !isLabel(unicode)) return false;
    const length = ASCII.test(unicode) ? unicode.length : encodeULabel(unicode).length;
    if (length > MOST_LABEL_OCTETS) return false;
    octets += length + 1;
    labels.push(unicode);
  }
  return octets <= MOST_OCTETS && keepsDirection(labels);
}

/** The U-label of a lower case A-label; undefined where that has another A-label, or is ASCII. */
function decodeALabel(label: string): string | undefined {
  const unicode = decodePunycode(label.slice('xn--'.length));
  return unicode !== undefined && !ASCII.test(unicode) && encodeULabel(unicode) === label ? unicode : undefined;
}

function encodeULabel(label: string): string {
  return `xn--${encodePunycode(label)}`;
}

/** RFC 5891, section 4.2, without the length. */
function isLabel(label: string): boolean {
  if (ASCII.test(label)) return ASCII_LABEL.test(label);
  if (label.normalize('NFC') !== label) return false;
  if (/^[-\p{M}]|^..--|-$/u.test(label) || DISALLOWED.test(label.replace(EXCEPTIONS, ''))) return false;
  return !OUT_OF_CONTEXT.some((pattern) => pattern.test(label)) && areJoinersInContext(label);
}

/** RFC 5892, appendix A.1 and A.2. */
function areJoinersInContext(label: string): boolean {
  for (const { 0: joiner, index } of label.matchAll(/[\u200c\u200d]/g)) {
    const before = label.slice(0, index);
    if (isVirama(Array.from(before).at(-1) ?? '')) continue;
    if (joiner === '\u200d') return false;
    if (!BREAKS_JOIN_BEFORE.test(before) || !BREAKS_JOIN_AFTER.test(label.slice(index + 1))) return false;
  }
  return true;
}

/** Whether canonical ordering puts it behind marks of class 8 and before those of class 10: its class is 9, Virama. */
function isVirama(character: string): boolean {
  const ordered = `\u3099${character}\u05b0`;
  return character !== '' && `\u05b0${character}\u3099`.normalize('NFD') === ordered;
}

/** RFC 5893, section 2: asks something of every label where one is written from right to left. */
function keepsDirection(labels: readonly string[]): boolean {
  const isRightToLeft = labels.map((label) => IS_RIGHT_TO_LEFT.test(label));
  if (!isRightToLeft.includes(true)) return true;
  return labels.every((label, index) => (isRightToLeft[index] ? RIGHT_TO_LEFT_LABEL : LEFT_TO_RIGHT_LABEL).test(label));
}
