import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { type GgufFile, openGguf } from './gguf-reader.js';
import { type LlamaConfig, readLlamaConfig } from './llama-config.js';

describe('readLlamaConfig', () => {
  const folder = useTemporaryFolder();
  let file: GgufFile;
  let config: LlamaConfig;

  beforeAll(async () => {
    const path = join(folder(), 'model.gguf');
    config = await writeTinyModel(path);
    file = await openGguf(path);
  });

  const without = (...keys: string[]) =>
    Object.fromEntries(Object.entries(file.metadata).filter(([key]) => !keys.includes(key)));

  it('reads every size', () => {
    expect(readLlamaConfig(file)).toEqual(config);
  });

  it('takes what files leave out from the others', () => {
    const metadata = without('llama.rope.dimension_count', 'llama.rope.freq_base', 'llama.attention.head_count_kv');
    expect(readLlamaConfig({ ...file, metadata })).toEqual({ ...config, ropeBase: 10_000, keyHeads: config.heads });
  });

  it('names metadata that is missing', () => {
    expect(() => readLlamaConfig({ ...file, metadata: without('llama.block_count') })).toThrow(
      expect.objectContaining({
        code: 'model/missing-metadata',
        message: expect.stringContaining('llama.block_count'),
        location: { file: file.path },
      }),
    );
  });

  it.each<[string, string, () => Partial<GgufFile>]>([
    ['another architecture', 'qwen2', () => ({ metadata: { ...file.metadata, 'general.architecture': 'qwen2' } })],
    [
      'scaled rotary embeddings',
      'rotary scaling',
      () => ({ metadata: { ...file.metadata, 'llama.rope.scaling.type': 'linear' } }),
    ],
    [
      'partial rotary embeddings',
      'partial',
      () => ({ metadata: { ...file.metadata, 'llama.rope.dimension_count': 8 } }),
    ],
    [
      'biases',
      'blk.0.attn_q.bias',
      () => ({ tensors: new Map([...file.tensors, ['blk.0.attn_q.bias', file.tensors.get('output_norm.weight')!]]) }),
    ],
  ])('refuses %s', (_what, named, change) => {
    expect(() => readLlamaConfig({ ...file, ...change() })).toThrow(
      expect.objectContaining({ code: 'model/unsupported-architecture', message: expect.stringContaining(named) }),
    );
  });
});
