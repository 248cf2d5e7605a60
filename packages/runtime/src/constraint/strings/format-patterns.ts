/** `(?:a|b|c)`. */
function any(...options: string[]): string {
  return `(?:${options.join('|')})`;
}

/** RFC 3339, `full-date`: with the days of each month, and leap years. */
export const DATE = any(
  `\\d{4}-${any('(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])', '(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)', '02-(?:0[1-9]|1\\d|2[0-8])')}`,
  `${any('\\d\\d(?:0[48]|[2468][048]|[13579][26])', '(?:[02468][048]|[13579][26])00')}-02-29`,
);

/** RFC 3339, appendix A. */
const DURATION_TIME = any('\\d+H(?:\\d+M(?:\\d+S)?)?', '\\d+M(?:\\d+S)?', '\\d+S');
const DURATION_DATE = any('\\d+Y(?:\\d+M(?:\\d+D)?)?', '\\d+M(?:\\d+D)?', '\\d+D');
const DURATION = `P${any(`${DURATION_DATE}(?:T${DURATION_TIME})?`, `T${DURATION_TIME}`, '\\d+W')}`;

const OCTET = any('25[0-5]', '2[0-4]\\d', '1\\d\\d', '[1-9]?\\d');
/** RFC 2673, section 3.2. */
const IPV4 = `${OCTET}(?:\\.${OCTET}){3}`;

/**
 * RFC 4291, section 2.2, as RFC 3986 spells it out.
 * @param elided Groups that `::` stands for at least.
 */
function ipv6(elided: 1 | 2): string {
  const group = '[0-9A-Fa-f]{1,4}';
  const lastTwo = any(`${group}:${group}`, IPV4);
  const options = [`(?:${group}:){6}${lastTwo}`];
  for (let after = 8 - elided; after >= 0; after--) {
    const before = 8 - elided - after;
    const left = before === 0 ? '' : `(?:(?:${group}:){0,${before - 1}}${group})?`;
    const right = after >= 2 ? `(?:${group}:){${after - 2}}${lastTwo}` : group.repeat(after);
    options.push(`${left}::${right}`);
  }
  return any(...options);
}

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?';
/**
 * RFC 1123, section 2.1. Labels that are encoded in Punycode (RFC 5891) are left out: whether one of them is valid no
 * pattern can tell.
 */
const HOSTNAME = `(?!(?:.*\\.)?[Xx][Nn]--)(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*`;

const NOT_ASCII = '\\u{80}-\\u{10ffff}';

/**
 * A `Mailbox` of RFC 5321, section 4.1.2, without the address literals of other networks.
 * @param more Characters that count as letters.
 */
function mailbox(more: string): string {
  const atom = `[A-Za-z0-9!#$%&'*+\\-\\/=?^_\`{|}~${more}]+`;
  const quoted = `"(?:[ !#-\\[\\]-~${more}]|\\\\[ -~])*"`;
  const letter = `A-Za-z0-9${more}`;
  const label = `[${letter}](?:[${letter}\\-]{0,61}[${letter}])?`;
  const literal = `\\[${any(IPV4, `[Ii][Pp][Vv]6:${ipv6(2)}`)}\\]`;
  return `${any(`${atom}(?:\\.${atom})*`, quoted)}@${any(`${label}(?:\\.${label})*`, literal)}`;
}

/** RFC 3987, section 2.2: `ucschar` and `iprivate`. */
const UCSCHAR = `\\u{a0}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{ffef}${Array.from({ length: 14 }, (_, index) => {
  const plane = (index + 1).toString(16);
  return `\\u{${plane}${plane === 'e' ? '1' : '0'}000}-\\u{${plane}fffd}`;
}).join('')}`;
const IPRIVATE = '\\u{e000}-\\u{f8ff}\\u{f0000}-\\u{ffffd}\\u{100000}-\\u{10fffd}';

const PERCENT_ENCODED = '%[0-9A-Fa-f]{2}';

/**
 * RFC 3986, appendix A, and RFC 3987, section 2.2.
 * @param more Characters that count as unreserved.
 * @param moreInQuery Those that only a query may have besides.
 */
function uri(more: string, moreInQuery: string): { absolute: string; reference: string } {
  const plain = `A-Za-z0-9\\-._~!$&'()*+,;=${more}`;
  const characters = (besides: string) => any(`[${plain}${besides}]`, PERCENT_ENCODED);
  const pathCharacter = characters(':@');
  const segments = `(?:\\/${pathCharacter}*)*`;
  const literal = `\\[${any(ipv6(1), "[Vv][0-9A-Fa-f]+\\.[A-Za-z0-9\\-._~!$&'()*+,;=:]+")}\\]`;
  const host = any(literal, `${characters('')}*`);
  const authority = `\\/\\/(?:${characters(':')}*@)?${host}(?::\\d*)?${segments}`;
  const absolutePath = `\\/(?:${pathCharacter}+${segments})?`;
  const end = `(?:\\?${characters(`:@\\/?${moreInQuery}`)}*)?(?:#${characters(':@\\/?')}*)?`;
  const scheme = '[A-Za-z][A-Za-z0-9+\\-.]*:';
  const hierarchy = any(authority, absolutePath, `${pathCharacter}+${segments}`, '');
  const relative = any(authority, absolutePath, `${characters('@')}+${segments}`, '');
  return { absolute: `${scheme}${hierarchy}${end}`, reference: `(?:${scheme}${hierarchy}|${relative})${end}` };
}

/** RFC 6570, section 2, with erratum 6937: the apostrophe is a literal. */
const TEMPLATE_NAME_CHARACTER = any('\\w', PERCENT_ENCODED);
const TEMPLATE_VARIABLE = `${TEMPLATE_NAME_CHARACTER}(?:\\.?${TEMPLATE_NAME_CHARACTER})*(?:\\*|:[1-9]\\d{0,3})?`;
const TEMPLATE_LITERAL = `[!#$&-;=?-\\[\\]_a-z~${UCSCHAR}${IPRIVATE}]`;
const URI_TEMPLATE = `${any(
  TEMPLATE_LITERAL,
  PERCENT_ENCODED,
  `\\{[+#.\\/;?&=,!@|]?${TEMPLATE_VARIABLE}(?:,${TEMPLATE_VARIABLE})*\\}`,
)}*`;

/** RFC 6901, section 3. */
const JSON_POINTER = '(?:\\/(?:[^~\\/]|~[01])*)*';

const URI = uri('', '');
const IRI = uri(UCSCHAR, IPRIVATE);

/**
 * Formats that are patterns: what a string of the format matches from end to end, as an ECMA-262 pattern with the `u`
 * flag. Those of JSON Schema 2020-12, section 7.3 of its validation vocabulary.
 */
export const FORMAT_PATTERNS: ReadonlyMap<string, string> = new Map([
  ['date', DATE],
  ['duration', DURATION],
  ['email', mailbox('')],
  // RFC 6531 adds all that is not ASCII. Whether a domain can be registered is left open.
  ['idn-email', mailbox(NOT_ASCII)],
  ['hostname', HOSTNAME],
  ['ipv4', IPV4],
  ['ipv6', ipv6(1)],
  ['uri', URI.absolute],
  ['uri-reference', URI.reference],
  ['iri', IRI.absolute],
  ['iri-reference', IRI.reference],
  ['uri-template', URI_TEMPLATE],
  ['uuid', '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}'],
  ['json-pointer', JSON_POINTER],
  // What all drafts of Relative JSON Pointer share: later ones also have an index manipulation (`0+1`).
  ['relative-json-pointer', `(?:0|[1-9]\\d*)(?:#|${JSON_POINTER})`],
]);
