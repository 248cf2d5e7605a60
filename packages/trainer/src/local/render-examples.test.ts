import { join } from 'node:path';
import { type ConversationExample, createModelPrompting, type PromptTools, parseToolset } from '@tooltune/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { openGguf } from '../model/gguf-reader.js';
import type { LabelConstrainer } from './constrained-labels.js';
import { renderExamples } from './render-examples.js';

const folder = useTemporaryFolder();
let metadata: Record<string, unknown>;

beforeAll(async () => {
  await writeTinyModel(join(folder(), 'model.gguf'));
  metadata = { ...(await openGguf(join(folder(), 'model.gguf'))).metadata };
});

const [tool, mask] = ['set_light', 'zuri'].map((name) => ({
  name,
  parameters: { type: 'object', properties: { [name === 'zuri' ? 'teka' : 'room']: { type: 'string' } } },
}));
const toolset = parseToolset([tool]);
const row = (name: string, argument: string, own = false): ConversationExample => ({
  kind: 'conversation',
  messages: [
    { role: 'user', content: 'light in the hall' },
    { role: 'assistant', content: null, toolCalls: [{ name, arguments: { [argument]: 'hall' } }] },
  ],
  ...(own ? { tools: [mask!] } : {}),
  location: { file: 'train.jsonl', line: 1 },
});

function prompting(tools: PromptTools) {
  return createModelPrompting(metadata, { format: { tools, callFormat: 'json-in-tags', system: null }, toolset });
}

describe('rows with tools of their own', () => {
  it.each(['full', 'names'] as const)('are learnt with those in the prompt: %s', (tools) => {
    const { renderer, tokenizer } = prompting(tools);
    const rows = [row('set_light', 'room'), row('zuri', 'teka', true)];
    const [plain, masked] = renderExamples(rows, renderer, 4000).map(({ tokens }) => tokenizer.decode([...tokens]));
    expect(plain).toContain('set_light');
    expect(plain).not.toContain('zuri');
    expect(masked).toContain('zuri');
    expect(masked).toContain('teka');
    expect(masked).not.toMatch(/set_light|room/);
  });

  it('are refused where prompts show no tools, with their place', () => {
    const { renderer } = prompting('none');
    expect(() => renderExamples([row('zuri', 'teka', true)], renderer, 4000)).toThrow(
      /train\.jsonl:1.*tools of its own.*--prompt full/s,
    );
  });

  it("are not held to the constraint, which is the toolset's", () => {
    const { renderer } = prompting('full');
    const constrained: string[] = [];
    const constrainer = {
      apply(example: object, messages: ConversationExample['messages']) {
        constrained.push(JSON.stringify(messages));
        return { example, isAllowed: true };
      },
    } as unknown as LabelConstrainer;
    renderExamples([row('set_light', 'room'), row('zuri', 'teka', true)], renderer, 4000, constrainer);
    expect(constrained).toEqual([JSON.stringify(row('set_light', 'room').messages)]);
  });
});
