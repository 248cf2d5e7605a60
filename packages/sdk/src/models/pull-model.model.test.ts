import { expect, it } from 'vitest';
import { fileSha256 } from '../files/index.js';
import { baseModels, listModels, pullModel, resolveBaseModel } from './index.js';

// Into the cache that everybody uses: pulled here, if no other test or person has done so before.
it('pulls SmolLM2, and finds it again', async () => {
  const model = baseModels.find(({ id }) => id === 'smollm2-135m')!;
  const path = await pullModel(model.id);
  expect(await fileSha256(path)).toBe(model.sha256);
  expect(await resolveBaseModel(model.id)).toEqual({ id: model.id, path, model });
  expect((await listModels()).find(({ id }) => id === model.id)?.path).toBe(path);
});
