import type { Tool } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { suiteTools } from '../../test/remote/conformance.js';
import { toolCallSchema, toolGrammarText } from './server-constraint.js';

const tree: Tool = {
  name: 'plant',
  parameters: {
    type: 'object',
    properties: { root: { $ref: '#/$defs/node' }, when: { type: ['string', 'null'], format: 'date' } },
    required: ['root'],
    $defs: {
      node: {
        type: 'object',
        properties: { 'a "name"\\': { const: 'x\n"' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
        additionalProperties: false,
      },
    },
  },
};
const tools = [...suiteTools.tools, tree, { name: 'stop', parameters: { type: 'object' } }] as Tool[];

function rulesOf(grammar: string) {
  return new Map(
    grammar
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ::= ', 2) as [string, string]),
  );
}

describe('toolGrammarText', () => {
  it.each(['auto', 'required', 'none', { name: 'plant' }] as const)('defines what it uses, once: %o', (toolChoice) => {
    const grammar = toolGrammarText({ tools, toolChoice, parallelCalls: true });
    const rules = rulesOf(grammar);
    expect(rules.size).toBe(grammar.trimEnd().split('\n').length);
    expect([...rules.keys()][0]).toBe('root');
    const used = new Set(['root']);
    for (const body of rules.values()) {
      const bare = body.replace(/"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|\{\d+(,\d*)?\}/g, ' ');
      for (const [name] of bare.matchAll(/[a-z][a-z0-9-]*/g)) used.add(name);
    }
    expect([...used].filter((name) => !rules.has(name))).toEqual([]);
    const unused = [...rules.keys()].filter((name) => !used.has(name));
    expect(unused).toEqual([]);
  });

  it('has no calls where none may come, and one where one is wanted', () => {
    expect(toolGrammarText({ tools, toolChoice: 'none', parallelCalls: true })).not.toContain('arguments');
    expect(rulesOf(toolGrammarText({ tools, toolChoice: 'required', parallelCalls: false })).get('calls')).toBe('call');
  });
});

describe('toolCallSchema', () => {
  it('leads references to where they now stand', () => {
    const schema = JSON.stringify(toolCallSchema({ tools, toolChoice: 'required' }));
    expect(schema.match(/"\$ref":"[^"]*"/g)).toEqual([
      '"$ref":"#/anyOf/2/properties/arguments/$defs/node"',
      '"$ref":"#/anyOf/2/properties/arguments/$defs/node"',
    ]);
    expect(toolCallSchema({ tools, toolChoice: { name: 'stop' } }).anyOf).toHaveLength(1);
  });
});
