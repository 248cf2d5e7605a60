import { describe, expect, it } from 'vitest';
import { contextMemory } from './context-memory.js';

const llama = {
  'general.architecture': 'llama',
  'llama.block_count': 30,
  'llama.context_length': 8192,
  'llama.embedding_length': 576,
  'llama.attention.head_count': 9,
  'llama.attention.head_count_kv': 3,
};

describe('contextMemory', () => {
  it('is what the keys and values of all tokens take at half precision', () => {
    // SmolLM2-135M: 23,040 bytes a token, which process memory grew by.
    expect(contextMemory(llama, { contextSize: 4096 })).toBe(4096 * 23_040);
    expect(contextMemory(llama, { contextSize: 512, sequences: 4 })).toBe(4 * 512 * 23_040);
  });

  it('takes the context that an engine has by default', () => {
    expect(contextMemory(llama, {})).toBe(4096 * 23_040);
    expect(contextMemory({ ...llama, 'llama.context_length': 1000 }, {})).toBe(1000 * 23_040);
  });

  it('knows heads of other sizes than the embedding says, and layers that differ', () => {
    const wide = { ...llama, 'llama.attention.key_length': 256, 'llama.attention.value_length': 128 };
    expect(contextMemory(wide, { contextSize: 1 })).toBe(30 * 3 * (256 + 128) * 2);
    const differing = { ...llama, 'llama.block_count': 3, 'llama.attention.head_count_kv': [1, 0, 2] };
    expect(contextMemory(differing, { contextSize: 1 })).toBe(3 * 128 * 2);
    const { 'llama.attention.head_count_kv': _, ...all } = llama;
    expect(contextMemory(all, { contextSize: 1 })).toBe(30 * 9 * 128 * 2);
  });
});
