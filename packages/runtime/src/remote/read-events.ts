import { createParser, type ParseError } from 'eventsource-parser';
import { RemoteError } from './remote-error.js';

/** What a stream says when it is done. */
const done = '[DONE]';

/**
 * The data of each server-sent event, parsed, until `[DONE]` or the end of the body. Comments keep a connection open and are
 * nothing. Characters may be cut between pieces of the body.
 * @throws RemoteError `remote/bad-stream` for what is no event stream of JSON objects
 */
export async function* readEvents(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Record<string, unknown>, void, void> {
  let data: string[] = [];
  let problem: ParseError | undefined;
  const parser = createParser({
    onEvent: (event) => data.push(event.data),
    onError: (error) => {
      // llama-server once wrote errors as a field of that name; other unknown fields are ignored, as the standard has it.
      if (error.type === 'unknown-field' && error.field === 'error') data.push(`{"error":${error.value}}`);
      else if (error.type !== 'unknown-field' && error.type !== 'invalid-retry') problem ??= error;
    },
  });
  const take = () => {
    const taken = data;
    data = [];
    if (problem === undefined) return taken;
    throw new RemoteError('remote/bad-stream', `this is no event stream: ${problem.message}`, { cause: problem });
  };
  const decoder = new TextDecoder();
  for await (const piece of pieces) {
    parser.feed(decoder.decode(piece, { stream: true }));
    for (const text of take()) {
      if (text === done) return;
      yield parseData(text);
    }
  }
  // The last event may lack its empty line.
  parser.feed(`${decoder.decode()}\n\n`);
  for (const text of take()) {
    if (text === done) return;
    yield parseData(text);
  }
}

function parseData(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RemoteError('remote/bad-stream', `an event of the stream is no JSON: ${text.slice(0, 200)}`, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RemoteError('remote/bad-stream', `an event of the stream is no object: ${text.slice(0, 200)}`);
}
