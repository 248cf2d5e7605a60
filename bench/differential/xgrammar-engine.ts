import { Worker } from 'node:worker_threads';
import { type Engine, sameForAll } from './engine.js';
import type { XGrammarAnswer, XGrammarRequest } from './xgrammar-worker.js';

/** After so long a schema counts as refused. */
const MAXIMUM_MILLISECONDS = 5000;

/** `@mlc-ai/web-xgrammar` in its own thread. To be closed at the end. */
export function xgrammarEngine(version: string): Engine & { close(): Promise<void> } {
  let worker: Worker | undefined;
  const ask = async (request: XGrammarRequest): Promise<XGrammarAnswer> => {
    worker ??= startWorker();
    const answer = await answerOf(worker, request);
    // Of an aborted module nothing is right afterwards. The next one is loaded meanwhile.
    if ('refusal' in answer) {
      await worker.terminate();
      worker = startWorker();
    }
    return answer;
  };
  return {
    name: 'xgrammar',
    version,
    async judge(schema, instances) {
      const texts = instances.map((data) => JSON.stringify(data));
      const answer = await ask({ schema: JSON.stringify(schema), texts });
      if ('refusal' in answer) return sameForAll(instances, { kind: 'refused', reason: answer.refusal });
      return answer.verdicts.map((isAccepted) => ({ kind: isAccepted ? 'accepted' : 'rejected' }));
    },
    async close() {
      await worker?.terminate();
    },
  };
}

function startWorker(): Worker {
  return new Worker(new URL('./xgrammar-worker.js', import.meta.url), { stdout: true, stderr: true });
}

function answerOf(worker: Worker, request: XGrammarRequest): Promise<XGrammarAnswer> {
  return new Promise((resolve) => {
    const finish = (answer: XGrammarAnswer) => {
      clearTimeout(timer);
      worker.off('message', finish).off('error', crash);
      resolve(answer);
    };
    const crash = (error: Error) => finish({ refusal: `crash: ${error.message}` });
    const timer = setTimeout(
      () => finish({ refusal: `takes more than ${MAXIMUM_MILLISECONDS / 1000} s` }),
      MAXIMUM_MILLISECONDS,
    );
    worker.once('message', finish).once('error', crash);
    worker.postMessage(request);
  });
}
