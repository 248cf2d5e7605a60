// @ts-check
import { resolveBaseModel } from '@tooltune/sdk/models';

/**
 * The base model, downloaded first where that is needed, with a line every tenth of the way.
 * @param {string} id
 */
export function pullBaseModel(id) {
  let lastTenth = -1;
  return resolveBaseModel(id, {
    onProgress: ({ source, receivedBytes, totalBytes }) => {
      const tenth = Math.floor((receivedBytes / totalBytes) * 10);
      if (tenth === lastTenth) return;
      lastTenth = tenth;
      console.log(`   ${Math.min(100, tenth * 10)}% of ${Math.round(totalBytes / 1e6)} MB from ${source}`);
    },
  });
}
