import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../random/index.js';
import { parseToolset } from '../../toolset/index.js';
import { knownArguments } from '../templates/known-arguments.js';
import { argumentsOf } from '../templates/template.js';
import { familyTemplate } from './tool-family.js';

const home = parseToolset(
  JSON.parse(readFileSync(new URL('../../../../../examples/home-assistant/tools.json', import.meta.url), 'utf8')),
);

describe('familyTemplate', () => {
  it('says all that is required but what is to be missing, and nothing twice or against another', () => {
    fc.assert(
      fc.property(fc.constantFrom(...home.tools), fc.integer(), fc.boolean(), (tool, seed, isMissing) => {
        const known = knownArguments(tool);
        const required = known.filter((argument) => argument.required).map(({ name }) => name);
        const without = isMissing ? required[Math.abs(seed) % Math.max(1, required.length)] : undefined;
        const template = familyTemplate(createRandom(seed), tool, known, { without });
        if (template === undefined) return;
        const said = argumentsOf(template.head);
        expect(new Set(said).size).toBe(said.length);
        expect(required.filter((name) => name !== without && !said.includes(name))).toEqual([]);
        expect(said).not.toContain(without);
        expect(
          known.filter(({ name, excludes }) => said.includes(name) && excludes.some((other) => said.includes(other))),
        ).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('knows the same tool by other names', () => {
    const [tool] = parseToolset([
      {
        name: 'lamp_control',
        description: 'Switches a lamp.',
        parameters: {
          type: 'object',
          properties: { area: { type: 'string', description: 'Room.' }, power: { enum: ['on', 'off'] } },
          required: ['area', 'power'],
        },
      },
    ]).tools;
    const template = familyTemplate(createRandom(1), tool!, knownArguments(tool!));
    expect(new Set(argumentsOf(template!.head))).toEqual(new Set(['area', 'power']));
  });

  it('has nothing for what it does not know', () => {
    const [tool] = parseToolset([{ name: 'hash_text', description: 'Hash a text.' }]).tools;
    expect(familyTemplate(createRandom(1), tool!, knownArguments(tool!))).toBeUndefined();
  });
});
