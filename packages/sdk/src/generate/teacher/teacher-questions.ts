import type { ConversationExample } from '../../dataset/index.js';
import { promptAndTarget } from '../../dataset/index.js';
import type { Random } from '../../random/index.js';
import type { JsonObject, Tool, ToolCall } from '../../toolset/index.js';
import { choose } from '../choose.js';
import type { ToolMaterial } from '../templates/compose-request.js';
import { drawValue, type ValueSource } from '../values/draw-value.js';
import type { TeacherQuestion } from './teacher.js';

/** Requests that one question asks for. */
export const requestsPerQuestion = 5;

const manners = [
  'short, like a command typed in a hurry',
  'polite, in whole sentences',
  'spoken, as said to a phone',
  'indirect: saying what is wrong or wished for, not what to do',
  'with much detail, using several arguments',
  'with only what is needed',
  'as a question',
  'by somebody who explains the situation first',
];

const describe = ({ name, description, parameters }: Tool) => JSON.stringify({ name, description, parameters });

/** Values of arguments that a question proposes, so that no two questions are alike. */
export type ProposedValues = readonly { argument: string; values: readonly string[] }[];

const argumentsProposed = 6;
const valuesProposed = 4;

/** Draws values for some arguments of a tool. */
export function proposeValues({ tool, known }: ToolMaterial, source: ValueSource): ProposedValues {
  return source.random
    .shuffle(known)
    .slice(0, argumentsProposed)
    .flatMap(({ name, schema }) => {
      const drawn = Array.from({ length: valuesProposed }, () => drawValue(source, name, schema, tool));
      const values = [...new Set(drawn.flatMap((one) => (one === undefined ? [] : [JSON.stringify(one.value)])))];
      return values.length === 0 ? [] : [{ argument: name, values }];
    });
}

/** Asks for requests for one tool, with their arguments. */
export function requestQuestion(
  random: Random,
  tool: Tool,
  seeds: readonly ConversationExample[],
  proposed: ProposedValues = [],
): TeacherQuestion {
  const shown = random.shuffle(seeds.filter((seed) => calledBy(seed) === tool.name)).slice(0, 3);
  const examples = shown.map((seed) => {
    const { prompt, target } = promptAndTarget(seed);
    return JSON.stringify({ request: prompt.at(-1)!.content, arguments: target.toolCalls![0]!.arguments });
  });
  return {
    system:
      'You write training data for an assistant that calls tools. You answer with lines of JSON and nothing else.',
    user: [
      `The tool, with the JSON Schema of its arguments:\n${describe(tool)}`,
      ...(examples.length === 0 ? [] : [`Real requests with their arguments:\n${examples.join('\n')}`]),
      ...(proposed.length === 0
        ? []
        : [
            `Values that you may use, others too:\n${proposed.map(({ argument, values }) => `${argument}: ${values.join(', ')}`).join('\n')}`,
          ]),
      `Write ${requestsPerQuestion} new requests for this tool that differ from each other and name different things. How they are said: ${choose(random, manners)}.`,
      'Every value of the arguments must stand in the request, word for word where it is free text. Leave out what the request does not say.',
      'One JSON object a line: {"request": "what the user says", "arguments": {…}}',
    ].join('\n\n'),
    maxTokens: 120 * requestsPerQuestion,
    temperature: 0.9,
    schema: answerSchema(tool),
  };
}

/** A list of requests in an object, since endpoints want an object at the root. */
function answerSchema({ parameters }: Tool): JsonObject {
  // References are to the root of the tool's own schema.
  const { $defs, definitions, ...own } = parameters;
  return {
    type: 'object',
    properties: {
      requests: {
        type: 'array',
        minItems: 1,
        maxItems: requestsPerQuestion,
        items: {
          type: 'object',
          properties: { request: { type: 'string', minLength: 3, maxLength: 300 }, arguments: own },
          required: ['request', 'arguments'],
          additionalProperties: false,
        },
      },
    },
    required: ['requests'],
    additionalProperties: false,
    ...($defs === undefined ? {} : { $defs }),
    ...(definitions === undefined ? {} : { definitions }),
  };
}

function calledBy(seed: ConversationExample): string | undefined {
  const { prompt, target } = promptAndTarget(seed);
  return prompt.length === 1 && target.toolCalls?.length === 1 ? target.toolCalls[0]!.name : undefined;
}

/** Asks whether a call does what a request wants. */
export function judgeQuestion(tool: Tool, request: string, call: ToolCall): TeacherQuestion {
  return {
    system: 'You check training data. You answer with yes or no and nothing else.',
    user: [
      `The tool:\n${describe(tool)}`,
      `The request:\n${request}`,
      `The call:\n${JSON.stringify({ name: call.name, arguments: call.arguments })}`,
      'Does this call do what the request asks for, with every argument right and none missing that the request says? Answer yes or no.',
    ].join('\n\n'),
    maxTokens: 8,
    temperature: 0,
  };
}

/** Whether a judge says yes. Anything but a plain yes counts as no. */
export const saysYes = (answer: string): boolean => /^\W*yes\b/i.test(answer);
