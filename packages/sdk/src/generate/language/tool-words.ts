import type { Tool } from '../../toolset/index.js';

/** Words after which a description goes into what its arguments are for. */
const asides =
  /[,;:(]|\b(?:with|when|where|which|such as|for example|e\.g\.|given|using|based on|only|if|so that|now|by)\b/i;

/**
 * What a tool does, as it follows "I can": the beginning of its description in the imperative ("set an alarm or a
 * reminder"). Undefined where it does not begin so.
 */
export function abilityOf({ description = '' }: Pick<Tool, 'description'>): string | undefined {
  const first = /^[^.;:\n]*/.exec(description)![0].trim();
  const whole = first.replace(/ now$/, '').split(/\s+/);
  const isShort = whole.length <= 10 && (!first.includes(',') || /,.*\b(?:or|and)\b/.test(first));
  const words = isShort ? whole : first.split(asides)[0]!.trim().split(/\s+/);
  const [verb = '', ...rest] = words;
  if (/^[a-z]+$/i.test(verb) && !/^(a|an|the|this|it|tool|function|for|to|use)$/i.test(verb) && isSaid(rest)) {
    return [infinitive(verb.toLowerCase()), ...rest].join(' ');
  }
  return undefined;
}

const isSaid = (rest: readonly string[]) =>
  rest.length > 0 && rest.length <= 10 && !/^(a|an|the|of|to|in|on|or|and|for|at|from)$/i.test(rest.at(-1)!);

/** "Closes a ticket": close. */
function infinitive(verb: string): string {
  if (!/[^su]s$/.test(verb)) return verb;
  return verb
    .replace(/(ch|sh|ss|x|z|o)es$/, '$1')
    .replace(/ies$/, 'y')
    .replace(/([^s])s$/, '$1');
}
