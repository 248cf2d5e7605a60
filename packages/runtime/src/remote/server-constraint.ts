import {
  type JsonObject,
  type JsonValue,
  type Tool,
  toolCallClosingTag,
  toolCallOpeningTag,
  toolCallSeparator,
} from '@tooltune/sdk';
import type { ToolChoice } from '../constraint/index.js';
import { GrammarWriter, literal } from './grammar-writer.js';

/** Which answers a server is to allow. */
export interface ServerConstraintOptions {
  tools: readonly Tool[];
  toolChoice: ToolChoice;
  parallelCalls: boolean;
}

/**
 * The answers of the format `json-in-tags` as a grammar in GBNF, which llama-server takes as `grammar`, vLLM as
 * `structured_outputs.grammar` and SGLang as `ebnf`. See GrammarWriter for what it leaves to our own check.
 */
export function toolGrammarText({ tools, toolChoice, parallelCalls }: ServerConstraintOptions): string {
  const writer = new GrammarWriter();
  const chosen = typeof toolChoice === 'object' ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  const mayCall = toolChoice !== 'none' && chosen.length > 0;
  const mayTalk = toolChoice === 'auto' || toolChoice === 'none';
  writer.rule('root', mayTalk ? 'text0' : `${literal(toolCallOpeningTag)} calls`);
  if (mayTalk) writeText(writer, mayCall);
  if (mayCall) {
    const more = parallelCalls ? ` (${literal(toolCallSeparator + toolCallOpeningTag)} call)*` : '';
    writer.rule('calls', `call${more}`);
    const names = chosen.map((tool, index) => {
      const value = writer.schema(tool.parameters, `tool${index}`);
      const start = literal(`{"name":${JSON.stringify(tool.name)},"arguments":`);
      return writer.rule(`call${index}`, `${start} ${value} ${literal(`}${toolCallClosingTag}`)}`);
    });
    writer.rule('call', names.join(' | '));
  }
  return writer.toString();
}

/** Text without the opening tag, which the calls may follow: a rule for each beginning of the tag that has just come. */
function writeText(writer: GrammarWriter, mayCall: boolean): void {
  for (let matched = 0; matched < toolCallOpeningTag.length; matched++) {
    const next = toolCallOpeningTag[matched]!;
    const isLast = matched + 1 === toolCallOpeningTag.length;
    const onward = isLast ? (mayCall ? [`${literal(next)} calls`] : []) : [`${literal(next)} text${matched + 1}`];
    const again = next === '<' ? [] : ['"<" text1'];
    const other = next === '<' ? '[^<]' : `[^<${next}]`;
    writer.rule(`text${matched}`, ['""', `${other} text0`, ...again, ...onward].join(' | '));
  }
}

/** One call without its tags, `{"name":…,"arguments":{…}}`, as a JSON Schema, for servers that take no grammar. */
export function toolCallSchema({ tools, toolChoice }: Omit<ServerConstraintOptions, 'parallelCalls'>): JsonObject {
  const chosen = typeof toolChoice === 'object' ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  return {
    anyOf: chosen.map(({ name, parameters }, index) => ({
      type: 'object',
      properties: {
        name: { const: name },
        arguments: moveReferences(parameters as JsonValue, `#/anyOf/${index}/properties/arguments`),
      },
      required: ['name', 'arguments'],
      additionalProperties: false,
    })),
  };
}

/** The schema with references into itself led to where it now stands. */
function moveReferences(value: JsonValue, place: string): JsonValue {
  if (Array.isArray(value)) return value.map((item) => moveReferences(item, place));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const isReference = key === '$ref' && typeof member === 'string' && member.startsWith('#');
      return [key, isReference ? place + member.slice(1) : moveReferences(member, place)];
    }),
  );
}
