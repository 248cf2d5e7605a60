import type { ExpressionArena } from '../grammar/expression-arena.js';
import { ObjectGrammar } from './object-grammar.js';

/**
 * The same expression where objects know the undeclared name that has just been closed.
 * @param name Called when any object wants to know.
 */
export function nameKeys(arena: ExpressionArena, expression: number, name: () => string): number {
  const members = arena.members(expression);
  const named: number[] = [];
  let isChanged = false;
  for (let index = 0; index < members.length; index++) {
    const member = members[index]!;
    const head = arena.head(member);
    const after = namedHead(arena, head, name);
    isChanged ||= after !== head;
    named.push(after === head ? member : arena.sequence(after, arena.tail(member)));
  }
  return isChanged ? arena.alternation(named) : expression;
}

function namedHead(arena: ExpressionArena, head: number, name: () => string): number {
  if (arena.isAlternation(head)) return nameKeys(arena, head, name);
  const found = ObjectGrammar.of(arena, head);
  return found?.object.awaitsName(found.state) ? found.object.named(found.state, name()) : head;
}
