import type { ConstraintError } from '../constraint-error.js';
import type { KeywordReader } from './keyword-reader.js';
import type { SchemaNode } from './schema-node.js';

const OPEN = 1;
const DONE = 2;

/**
 * Refuses schemas that lead back to themselves at the same place of the value, by references and by keywords that
 * apply in place: checking a value against them would never end.
 * @throws ConstraintError with the code `constraint/infinite-reference`.
 */
export function refuseEndlessReferences(nodes: readonly SchemaNode[], values: KeywordReader): void {
  const states = new Uint8Array(nodes.length);
  const path: { node: SchemaNode; next: SchemaNode[] }[] = [];
  const enter = (node: SchemaNode) => {
    const next = nodesInPlace(node);
    if (next === undefined) {
      states[node.id] = DONE;
      return;
    }
    states[node.id] = OPEN;
    path.push({ node, next });
  };
  for (const start of nodes) {
    if (states[start.id] !== DONE) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const inner = top.next.pop();
      if (inner === undefined) {
        states[top.node.id] = DONE;
        path.pop();
      } else if (states[inner.id] === OPEN) {
        throw endless(path, inner, values);
      } else if (states[inner.id] !== DONE) {
        enter(inner);
      }
    }
  }
}

/** The schemas that are applied to the very value that this one is applied to. Undefined where there are none. */
function nodesInPlace(node: SchemaNode): SchemaNode[] | undefined {
  const inner: SchemaNode[] = [];
  for (const one of [node.ref, node.dynamicRef, node.not, node.if, node.then, node.else]) {
    if (one !== undefined) inner.push(one);
  }
  for (const list of [node.allOf, node.anyOf, node.oneOf])
    if (list !== undefined) for (const one of list) inner.push(one);
  if (node.dependentSchemas !== undefined) for (const one of node.dependentSchemas.values()) inner.push(one);
  return inner.length === 0 ? undefined : inner;
}

function endless(path: readonly { node: SchemaNode }[], back: SchemaNode, values: KeywordReader): ConstraintError {
  const cycle = path.slice(path.findIndex(({ node }) => node === back)).map(({ node }) => node);
  const node = cycle.find(({ ref, dynamicRef }) => (ref ?? dynamicRef) !== undefined) ?? back;
  const keyword = node.ref !== undefined ? '$ref' : '$dynamicRef';
  const problem = 'leads back to itself at the same place of the value, so that checking it never ends';
  return values.error('constraint/infinite-reference', node, keyword, problem);
}
