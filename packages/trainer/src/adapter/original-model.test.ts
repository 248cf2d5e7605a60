import { baseModels } from '@tooltune/sdk/models';
import { describe, expect, it } from 'vitest';
import { originalModel } from './original-model.js';

const file = { id: 'model.gguf', path: 'model.gguf' };

describe('originalModel', () => {
  it('knows every model of the registry', () => {
    expect(baseModels.length).toBeGreaterThan(0);
    for (const model of baseModels) expect(originalModel({ ...file, model }, {})).toMatch(/^[\w.-]+\/[\w.-]+$/);
  });

  it.each([
    [{ 'general.source.huggingface.repository': 'org/model-1.5B' }, 'org/model-1.5B'],
    [{ 'general.source.repo_url': 'https://huggingface.co/org/model' }, 'org/model'],
    [{ 'general.source.repo_url': 'https://example.com/org/model' }, null],
    [{ 'general.name': 'org/model' }, null],
  ])('reads what a file was converted from: %j', (metadata, name) => expect(originalModel(file, metadata)).toBe(name));
});
