import { toolCallClosingTag, toolCallOpeningTag } from '@tooltune/sdk';
import { JsonCompactor } from './json-compactor.js';
import type { AnswerEnd, AnswerPiece } from './remote-server.js';

/** Makes of the JSON of one call, as a server writes it under a JSON Schema, an answer of the call format. */
export async function* callOfJson(
  pieces: AsyncGenerator<AnswerPiece, AnswerEnd, void>,
): AsyncGenerator<AnswerPiece, AnswerEnd, void> {
  const compactor = new JsonCompactor();
  yield { text: toolCallOpeningTag };
  try {
    for (;;) {
      const next = await pieces.next();
      if (next.done) {
        // One that was cut off has no end.
        if (next.value.reason === 'stop') yield { text: toolCallClosingTag };
        return next.value;
      }
      yield { text: compactor.push(next.value.text) };
    }
  } finally {
    await pieces.return(undefined as never);
  }
}
