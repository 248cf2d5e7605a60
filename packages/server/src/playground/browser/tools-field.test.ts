import { describe, expect, it } from 'vitest';
import { formatTools, parseTools, ToolsFieldError } from './tools-field.js';

const lamp = { name: 'lamp', parameters: { type: 'object' } };
const wrapped = [{ type: 'function' as const, function: lamp }];

describe('the field of tools', () => {
  it.each([
    ['as chat completions have them', wrapped],
    ['bare', [lamp]],
    ['as tools.json has them', { tools: [lamp] }],
  ])('takes tools %s', (_name, value) => {
    expect(parseTools(JSON.stringify(value))).toEqual(wrapped);
  });

  it('reads what it writes, and nothing from an empty field', () => {
    expect(parseTools(formatTools(wrapped))).toEqual(wrapped);
    expect(parseTools(formatTools([]))).toBeUndefined();
  });

  it.each(['[{', '{"a": 1}', '[1]', '[{"type": "function", "function": {}}]'])('refuses %s', (text) => {
    expect(() => parseTools(text)).toThrow(ToolsFieldError);
  });
});
