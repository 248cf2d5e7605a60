import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../random/index.js';
import { createCallValidator, type JsonObject, parseToolset } from '../../toolset/index.js';
import { maskTools } from './mask-tools.js';

const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z_]{0,8}$/), { minLength: 1, maxLength: 6 });

describe('maskTools', () => {
  it('keeps calls as valid as they were, and no name of its own', () => {
    fc.assert(
      fc.property(names, names, fc.integer(), fc.array(fc.boolean()), (tools, properties, seed, given) => {
        const toolset = parseToolset(
          tools.map((name) => ({
            name,
            parameters: {
              type: 'object',
              properties: Object.fromEntries(properties.map((property) => [property, { type: 'string' }])),
              required: properties.slice(0, 1),
              additionalProperties: false,
            },
          })),
        );
        const masked = maskTools(toolset.tools, createRandom(seed));
        const maskedSet = parseToolset(masked.tools);
        const before = createCallValidator(toolset);
        const after = createCallValidator(maskedSet);
        for (const name of tools) {
          const values: JsonObject = Object.fromEntries(
            properties.filter((_, index) => given[index] ?? index > 0).map((property) => [property, 'x']),
          );
          const call = { name, arguments: values };
          const renamed = masked.maskCall(call);
          expect(after(renamed).length).toBe(before(call).length);
          expect(tools).not.toContain(renamed.name);
          for (const argument of Object.keys(renamed.arguments)) expect(properties).not.toContain(argument);
        }
      }),
    );
  });

  it('leaves arguments that other keywords name', () => {
    const [tool] = maskTools(
      parseToolset([
        {
          name: 'move',
          parameters: {
            type: 'object',
            properties: { by: { type: 'integer' }, to: { type: 'string' } },
            dependentRequired: { by: ['to'] },
          },
        },
      ]).tools,
      createRandom(1),
    ).tools;
    expect(tool!.name).not.toBe('move');
    expect(Object.keys(tool!.parameters.properties as object)).toEqual(['by', 'to']);
  });
});
