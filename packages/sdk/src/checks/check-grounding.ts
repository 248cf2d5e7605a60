import type { ConversationExample } from '../dataset/index.js';
import { escapePointer } from '../schemas/index.js';
import type { JsonObject, JsonSchema, JsonValue, Tool } from '../toolset/index.js';
import { propertySchema } from './argument-schema.js';
import type { ReportFinding } from './check-finding.js';
import { SaidText } from './said-text.js';
import { type ValueEvidence, valueEvidence } from './value-evidence.js';

/** A value of a call, without parts, and how it is in the conversation. */
export interface GroundedValue {
  tool: string;
  /** Name of the argument that it is, or stands in. */
  argument: string;
  value: JsonValue;
  evidence: ValueEvidence;
  isChoice: boolean;
}

/**
 * Reports values of calls that nobody said before: not the user, no tool, no system message, no earlier turn. Gives what was
 * found of each value.
 */
export function checkGrounding(
  example: ConversationExample,
  toolsetTools: ReadonlyMap<string, Tool>,
  report: ReportFinding,
): GroundedValue[] {
  const tools = example.tools === undefined ? toolsetTools : new Map(example.tools.map((tool) => [tool.name, tool]));
  const found: GroundedValue[] = [];
  const texts: string[] = [];
  for (const [index, message] of example.messages.entries()) {
    if (message.role === 'assistant' && message.weight !== 0 && message.toolCalls !== undefined) {
      const said = new SaidText([...texts]);
      for (const [place, call] of message.toolCalls.entries()) {
        const pointer = `/messages/${index}/tool_calls/${place}/arguments`;
        for (const leaf of leavesOf(call.arguments, tools.get(call.name)?.parameters, pointer)) {
          const { name, argument, value, schema } = leaf;
          const evidence = valueEvidence(value, said, { name, schema });
          const isChoice = typeof value === 'boolean' || (typeof schema === 'object' && Array.isArray(schema.enum));
          found.push({ tool: call.name, argument, value, evidence, isChoice });
          if (evidence !== 'none') continue;
          const what = `${call.name}: ${argument} is ${shortJson(value)}`;
          report(
            isChoice ? 'ungrounded-choice' : 'ungrounded',
            { ...example.location, pointer: leaf.pointer },
            isChoice ? `${what}, which no word speaks for` : `${what}, which nobody said`,
          );
        }
      }
    }
    if (message.content !== null) texts.push(message.content);
    if (message.role === 'assistant')
      texts.push(...(message.toolCalls ?? []).map((call) => JSON.stringify(call.arguments)));
  }
  return found;
}

interface Leaf {
  /** The property that holds it. */
  name: string;
  argument: string;
  value: Exclude<JsonValue, JsonValue[] | object>;
  schema: JsonSchema | undefined;
  pointer: string;
}

function leavesOf(given: JsonObject, parameters: JsonSchema | undefined, pointer: string): Leaf[] {
  return Object.entries(given).flatMap(([argument, value]) =>
    leaves(value, {
      name: argument,
      argument,
      schema: propertySchema(parameters, argument),
      pointer: `${pointer}/${escapePointer(argument)}`,
    }),
  );
}

function leaves(value: JsonValue, { name, argument, schema, pointer }: Omit<Leaf, 'value'>): Leaf[] {
  if (Array.isArray(value)) {
    const items = typeof schema === 'object' ? (schema.items as JsonSchema | undefined) : undefined;
    return value.flatMap((item, index) =>
      leaves(item, { name, argument, schema: items, pointer: `${pointer}/${index}` }),
    );
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([property, inside]) =>
      leaves(inside, {
        name: property,
        argument,
        schema: propertySchema(schema, property),
        pointer: `${pointer}/${escapePointer(property)}`,
      }),
    );
  }
  return [{ name, argument, value, schema, pointer }];
}

const longestValue = 60;

function shortJson(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`;
}
