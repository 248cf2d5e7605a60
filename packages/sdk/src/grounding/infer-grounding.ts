import type { ConversationExample, Example } from '../dataset/index.js';
import type { JsonSchema, Tool, Toolset } from '../toolset/index.js';
import { type GroundingMode, isGroundedSpan } from './word-spans.js';

/** Tool name, then argument name, then how its values are copied from the user's messages. */
export type Grounding = Record<string, Record<string, GroundingMode>>;

/** How often an argument's values were pieces of the user's messages. */
export interface GroundingEvidence {
  tool: string;
  argument: string;
  /** How many values there were, how many were spans, and how many were but for case. */
  values: number;
  spans: number;
  spansIgnoringCase: number;
}

/** Fewer values than this prove nothing. */
const minimumValues = 10;

/**
 * A grounded argument cannot take any other value, so this bounds what grounding can cost: 3% of the values. Not
 * higher, because people's typing errors glue words together: of the 48 free strings of SNIPS, whose values are all copied,
 * the worst reaches 0.977 (43 of 44), and one in ten would fail at 0.99.
 */
const minimumShare = 0.97;

/**
 * Finds the arguments that are always copied from what the user said: top-level strings, free of enum, const, pattern
 * and format, with at least 10 values in the assistant's turns, of which 97% are whole-word pieces of the user's
 * messages before that turn. A constraint that allows nothing else then makes copying errors impossible.
 */
export function inferGrounding(examples: readonly Example[], toolset: Pick<Toolset, 'tools'>): Grounding {
  const grounding = new Map<string, [argument: string, mode: GroundingMode][]>();
  for (const { tool, argument, values, spans, spansIgnoringCase } of groundingEvidence(examples, toolset)) {
    if (values < minimumValues || spansIgnoringCase < minimumShare * values) continue;
    const mode = spans >= minimumShare * values ? 'span' : 'span-ci';
    grounding.set(tool, [...(grounding.get(tool) ?? []), [argument, mode]]);
  }
  return Object.fromEntries([...grounding].map(([tool, modes]) => [tool, Object.fromEntries(modes)]));
}

/** What inferGrounding decides by: every argument that could be grounded, in the toolset's order. */
export function groundingEvidence(examples: readonly Example[], toolset: Pick<Toolset, 'tools'>): GroundingEvidence[] {
  const evidence = new Map<string, Map<string, GroundingEvidence>>();
  for (const tool of toolset.tools) {
    const ofTool = freeStrings(tool).map(
      (argument) => [argument, { tool: tool.name, argument, values: 0, spans: 0, spansIgnoringCase: 0 }] as const,
    );
    evidence.set(tool.name, new Map(ofTool));
  }
  for (const example of examples) {
    if (example.kind === 'conversation' && example.tools === undefined) countSpans(example, evidence);
  }
  return [...evidence.values()].flatMap((ofTool) => [...ofTool.values()]);
}

function countSpans(example: ConversationExample, evidence: Map<string, Map<string, GroundingEvidence>>): void {
  const said: string[] = [];
  for (const message of example.messages) {
    if (message.role === 'user') said.push(message.content);
    if (message.role !== 'assistant' || message.weight === 0) continue;
    for (const call of message.toolCalls ?? []) {
      for (const [argument, value] of Object.entries(call.arguments)) {
        const counts = evidence.get(call.name)?.get(argument);
        if (counts === undefined || typeof value !== 'string') continue;
        counts.values++;
        if (isGroundedSpan(said, value, 'span')) counts.spans++;
        if (isGroundedSpan(said, value, 'span-ci')) counts.spansIgnoringCase++;
      }
    }
  }
}

function freeStrings(tool: Tool): string[] {
  const properties = (tool.parameters.properties ?? {}) as Record<string, JsonSchema>;
  return Object.keys(properties).filter((name) => {
    const schema = properties[name];
    if (typeof schema !== 'object' || schema.type !== 'string') return false;
    return !['enum', 'const', 'pattern', 'format'].some((keyword) => keyword in schema);
  });
}
