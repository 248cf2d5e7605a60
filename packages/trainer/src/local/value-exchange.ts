import {
  type AssistantMessage,
  type ConversationExample,
  type Example,
  type Grounding,
  type Random,
  wordBoundaries,
} from '@tooltune/sdk';

/** An argument's value, where the request holds it, and what may stand there instead. */
interface Place {
  /** Which of the calls. */
  call: number;
  argument: string;
  value: string;
  /** In UTF-16 units of the request. */
  start: number;
  end: number;
}

/** A row whose request holds values of its calls word for word. */
interface Template {
  example: ConversationExample;
  before: ConversationExample['messages'];
  request: string;
  answer: AssistantMessage;
  places: readonly Place[];
}

/** Rows to learn from, of which some can be said with other rows' values. */
export interface ValueExchange {
  /**
   * The rows of one epoch, in their order: each value that can be exchanged is, with probability `share`, for one of
   * those that the rows hold for the same argument of the same tool. A row that nothing was changed in is the same object.
   */
  draw(share: number, random: Random): Example[];
}

/**
 * Data augmentation for tool calling: "play Abba" teaches "play Bach" too, so that a model learns what surrounds a value
 * rather than the value (compare the mention replacement of Dai and Adel 2020).
 *
 * A value is exchanged if its argument is grounded, that is copied from the request in (nearly) all rows, and stands in
 * this row's request exactly once, as written and on word boundaries, apart from every other argument's value. Rows of
 * more than one turn, and those in which the assistant also says something, stay as they are.
 * @param grounding what inferGrounding found in the examples
 */
export function createValueExchange(examples: readonly Example[], grounding: Grounding): ValueExchange {
  const templates = examples.map((example) => toTemplate(example, grounding));
  const values = new Map<string, Set<string>>();
  for (const template of templates) {
    for (const place of template?.places ?? []) {
      const key = poolKey(template!, place);
      values.set(key, (values.get(key) ?? new Set()).add(place.value));
    }
  }
  // Each value once, however often the rows hold it: measured better than as often as they do (docs/training.md).
  const pools = new Map([...values].map(([key, set]) => [key, [...set]]));
  return {
    draw: (share, random) =>
      templates.map((template, index) =>
        template === null ? examples[index]! : exchange(template, pools, share, random),
      ),
  };
}

function exchange(
  template: Template,
  pools: ReadonlyMap<string, readonly string[]>,
  share: number,
  random: Random,
): Example {
  const { example, before, request, answer, places } = template;
  const toolCalls = answer.toolCalls!.map((call) => ({ ...call, arguments: { ...call.arguments } }));
  let content = '';
  let copied = 0;
  for (const place of places) {
    if (random.next() >= share) continue;
    const pool = pools.get(poolKey(template, place))!;
    const value = pool[random.integer(0, pool.length - 1)]!;
    content += request.slice(copied, place.start) + value;
    copied = place.end;
    toolCalls[place.call]!.arguments[place.argument] = value;
  }
  if (copied === 0) return example;
  content += request.slice(copied);
  return { ...example, messages: [...before, { role: 'user', content }, { ...answer, toolCalls }] };
}

function toTemplate(example: Example, grounding: Grounding): Template | null {
  if (example.kind !== 'conversation') return null;
  const before = example.messages.slice(0, -2);
  const [user, answer] = example.messages.slice(-2);
  if (user?.role !== 'user' || answer?.role !== 'assistant' || answer.content !== null) return null;
  if (before.some(({ role }) => role !== 'system')) return null;
  const places = findPlaces(user.content, answer, grounding);
  return places.length === 0 ? null : { example, before, request: user.content, answer, places };
}

function findPlaces(request: string, { toolCalls = [] }: AssistantMessage, grounding: Grounding): Place[] {
  const all = toolCalls.flatMap(({ name, arguments: values }, call) =>
    Object.entries(values).map(([argument, value]) => ({ name, call, argument, value })),
  );
  const places: Place[] = [];
  for (const { name, call, argument, value } of all) {
    if (typeof value !== 'string' || grounding[name]?.[argument] === undefined) continue;
    const start = onlyPlace(request, value);
    if (start !== null) places.push({ call, argument, value, start, end: start + value.length });
  }
  // What another argument takes from the same words would be lost with them: the 4 of "4 star hotel".
  const apart = places.filter((place) =>
    all.every(
      ({ call, argument, value }) =>
        (call === place.call && argument === place.argument) ||
        (!contains(place.value, value) &&
          !places.some(
            (other) =>
              other.call === call && other.argument === argument && other.start < place.end && place.start < other.end,
          )),
    ),
  );
  return apart.sort((a, b) => a.start - b.start);
}

/** Whether a text holds a value's own text, in any case. */
function contains(text: string, value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some((part) => contains(text, part));
  return text.toLowerCase().includes(String(value).toLowerCase());
}

/** Where a text holds a value, if that is once and not inside a word; in UTF-16 units. */
function onlyPlace(text: string, value: string): number | null {
  const start = text.indexOf(value);
  if (value.trim() === '' || start < 0 || text.indexOf(value, start + 1) >= 0) return null;
  const boundaries = wordBoundaries(Array.from(text));
  const codePointsBefore = (end: number) => Array.from(text.slice(0, end)).length;
  const whole = boundaries[codePointsBefore(start)] === 1 && boundaries[codePointsBefore(start + value.length)] === 1;
  return whole ? start : null;
}

function poolKey({ answer }: Template, { call, argument }: Place): string {
  return JSON.stringify([answer.toolCalls![call]!.name, argument]);
}
