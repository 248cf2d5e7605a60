import type { ChatMessage } from '../dataset/index.js';
import type { SourceLocation } from '../errors/index.js';
import type { ScenarioExpectation } from '../schemas/index.js';
import type { ToolCall } from '../toolset/index.js';

/** A case with a name, which every configuration must pass for a reason. */
export interface Scenario {
  name: string;
  /** What it is a case of. */
  capability: string;
  why: 'quality' | 'safety';
  note?: string;
  /** The conversation that is to be answered. */
  messages: ChatMessage[];
  expect: Omit<ScenarioExpectation, 'calls'> & { calls?: ToolCall[] };
  location: SourceLocation;
}

/** What the answer must be, in words. */
export function describeExpectation({ calls, ...rules }: Scenario['expect']): string {
  const { refuse, pattern, notPattern, flags = '', jsonSchema, citations } = rules;
  const written = calls?.map(({ name, arguments: values }) => `${name}(${JSON.stringify(values)})`);
  return [
    ...(written === undefined ? [] : [written.length === 0 ? 'no call' : written.join(' ')]),
    ...(refuse === undefined ? [] : [refuse ? 'declines' : 'does not decline']),
    ...(pattern === undefined ? [] : [`words match /${pattern}/${flags}`]),
    ...(notPattern === undefined ? [] : [`words do not match /${notPattern}/${flags}`]),
    ...(jsonSchema === undefined ? [] : ['JSON by a schema']),
    ...(citations === undefined ? [] : [`cites of ${citations.map((name) => `[${name}]`).join(' ')}`]),
  ].join('; ');
}
