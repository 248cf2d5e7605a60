import { type Call, type CallPair, pairCalls, valueKey } from '../evaluate/index.js';
import type { EvaluationCall } from '../schemas/index.js';
import type { JsonObject, JsonValue } from '../toolset/index.js';
import { type Html, html } from './html.js';

/** Calls as they were wanted. */
export function wantedCalls(calls: readonly EvaluationCall[]): Html {
  if (calls.length === 0) return html`<p class="call soft">no call</p>`;
  return html`${(calls as Call[]).map((call) => callView(call.name, argumentItems(call.arguments)))}`;
}

/**
 * Calls that were made, beside those that were wanted: what is wrong is marked, what is missing struck through. Marks have
 * words for those who hear them.
 */
export function answeredCalls(wanted: readonly EvaluationCall[], got: readonly EvaluationCall[]): Html {
  if (wanted.length === 0 && got.length === 0) return html`<p class="call soft">no call</p>`;
  return html`${pairCalls(wanted as Call[], got as Call[]).map(pairView)}`;
}

function pairView({ wanted, got }: CallPair): Html {
  if (got === null) return html`<p class="call"><del>${hidden('missing: ')}${wanted!.name}(…)</del></p>`;
  const given = got.arguments;
  if (wanted === null) return callView(html`<ins>${hidden('not wanted: ')}${got.name}</ins>`, argumentItems(given));
  if (wanted.name !== got.name) {
    return callView(html`<mark>${hidden('wrong tool: ')}${got.name}</mark>`, argumentItems(given));
  }
  const expected = wanted.arguments;
  const names = new Set([...Object.keys(expected), ...Object.keys(given)]);
  const items = [...names].map((name) => {
    if (!Object.hasOwn(given, name)) {
      return html`<li><del>${hidden('missing: ')}${name}: ${valueText(expected[name]!)}</del></li>`;
    }
    const value = valueText(given[name]!);
    if (!Object.hasOwn(expected, name)) return html`<li><ins>${hidden('not wanted: ')}${name}: ${value}</ins></li>`;
    if (valueKey(given[name]!) === valueKey(expected[name]!)) return html`<li>${name}: ${value}</li>`;
    return html`<li>${name}: <mark>${hidden('wrong: ')}${value}</mark></li>`;
  });
  return callView(got.name, items);
}

function callView(name: Html | string, items: readonly Html[]): Html {
  return html`<div class="call">${name}${items.length === 0 ? '()' : html`<ul>${items}</ul>`}</div>`;
}

function argumentItems(values: JsonObject): Html[] {
  return Object.entries(values).map(([name, value]) => html`<li>${name}: ${valueText(value)}</li>`);
}

function valueText(value: JsonValue): string {
  return JSON.stringify(value);
}

function hidden(text: string): Html {
  return html`<span class="hidden">${text}</span>`;
}
