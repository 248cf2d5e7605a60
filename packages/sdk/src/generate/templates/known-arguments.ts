import type { JsonSchema, Tool } from '../../toolset/index.js';
import { wordsOfName } from '../language/words-of-name.js';
import { findMeaning } from '../meaning/find-meaning.js';
import type { Meaning } from '../meaning/meanings.js';
import { resolve } from '../values/draw-value.js';

/** An argument, and what is known of it. */
export interface KnownArgument {
  name: string;
  schema: Exclude<JsonSchema, boolean>;
  meaning: Meaning | undefined;
  required: boolean;
  /** What it numbers: the ticket of `ticket_id`; undefined of what is no identifier. */
  identifies: string | undefined;
  /** Arguments that are not given beside it, as one of the two descriptions says ("only without degrees"). */
  excludes: readonly string[];
}

/** The arguments of a tool. */
export function knownArguments(tool: Tool): KnownArgument[] {
  const required = new Set((tool.parameters.required as string[] | undefined) ?? []);
  const properties = Object.entries((tool.parameters.properties ?? {}) as Record<string, JsonSchema>);
  return properties.map(([name, property]) => {
    const schema = resolve(property, tool.parameters);
    const meaning = findMeaning(name, schema, tool);
    const excludes = properties.flatMap(([other, otherProperty]) =>
      other !== name && (rulesOut(schema, other, otherProperty) || rulesOut(otherProperty, name, schema))
        ? [other]
        : [],
    );
    return { name, schema, meaning, required: required.has(name), identifies: identifiedNoun(name), excludes };
  });
}

/** True if a description says that it goes without another argument: by its name, or by what begins that one's description. */
function rulesOut(schema: JsonSchema, other: string, otherSchema: JsonSchema): boolean {
  const description = descriptionOf(schema);
  const [, without = ''] = /\b(?:without|instead of|unless|not with|when no)\b([^.;:]*)/i.exec(description) ?? [];
  if (without === '') return false;
  const [first = ''] = descriptionOf(otherSchema).split(/\s+/);
  const names = [wordsOfName(other).join(' '), first.toLowerCase()].filter((word) => word.length > 3);
  return names.some((word) => without.toLowerCase().includes(word));
}

const descriptionOf = (schema: JsonSchema) =>
  typeof schema === 'object' && typeof schema.description === 'string' ? schema.description : '';

function identifiedNoun(name: string): string | undefined {
  const words = wordsOfName(name);
  const last = words.at(-1);
  if (words.length < 2 || !['id', 'identifier', 'number', 'code', 'no', 'key', 'uuid'].includes(last!))
    return undefined;
  const noun = words.slice(0, -1).join(' ');
  return /^(phone|party size|telephone|mobile|fax|zip|postal|country|language|currency|house)$/.test(noun)
    ? undefined
    : noun;
}

/** True of what is on or off. */
export function isSwitch({ enum: values }: Exclude<JsonSchema, boolean>): boolean {
  return Array.isArray(values) && values.length === 2 && values.includes('on') && values.includes('off');
}

/** True of what says how pressing something is: "low priority tickets". */
export function isPriority({ name, schema }: Pick<KnownArgument, 'name' | 'schema'>): boolean {
  return Array.isArray(schema.enum) && /\b(priority|urgency|severity)$/.test(wordsOfName(name).join(' '));
}

/** True of what says where something stands: "the open tickets". */
export function isStatus({ name, schema }: Pick<KnownArgument, 'name' | 'schema'>): boolean {
  return Array.isArray(schema.enum) && !isSwitch(schema) && /\b(status|state|stage)$/.test(wordsOfName(name).join(' '));
}

/** True of how many things are wanted: "the first 7 tickets". */
export function isLimit({ name, schema }: Pick<KnownArgument, 'name' | 'schema'>): boolean {
  return (
    ['integer', 'number'].includes(schema.type as string) &&
    /^(limit|count|top|maximum|max( (results|count|items))?|(number of )?results)$/.test(wordsOfName(name).join(' '))
  );
}
