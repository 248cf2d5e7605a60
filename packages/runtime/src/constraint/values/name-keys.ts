import { EMPTY_TEXT, type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
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

/** The text so far of the name that an expression is inside of, where its object knows that; otherwise undefined. */
export function keyPrefix(arena: ExpressionArena, expression: number): string | undefined {
  const beginnings: number[] = [];
  arena.beginnings(expression, beginnings);
  for (const beginning of beginnings) {
    const found = ObjectGrammar.of(arena, arena.head(beginning));
    const prefix = found?.object.prefix(found.state);
    if (prefix !== undefined) return prefix;
  }
  return undefined;
}

/**
 * The same expression where no object waits for a name any more: those that are not known are taken to be names that
 * nobody writes.
 */
export function settleNames(arena: ExpressionArena, expression: number): number {
  if (expression === EMPTY_TEXT || expression === NOTHING) return expression;
  const members = arena.members(expression);
  const settled: number[] = [];
  for (let index = 0; index < members.length; index++) {
    const head = arena.head(members[index]!);
    const found = ObjectGrammar.of(arena, head);
    let after = head;
    if (arena.isAlternation(head)) after = settleNames(arena, head);
    else if (found !== undefined) after = found.object.settled(found.state);
    settled.push(arena.sequence(after, settleNames(arena, arena.tail(members[index]!))));
  }
  return arena.alternation(settled);
}

function namedHead(arena: ExpressionArena, head: number, name: () => string): number {
  if (arena.isAlternation(head)) return nameKeys(arena, head, name);
  const found = ObjectGrammar.of(arena, head);
  return found?.object.awaitsName(found.state) ? found.object.named(found.state, name()) : head;
}
