import { randomUUID } from 'node:crypto';
import type { IntentAnswer, IntentRecord } from '@tooltune/sdk';
import type { ClassifyOptions, LlamaIntentClassifier } from '../intent/index.js';
import { errorOf } from './error-of.js';
import type { RecordingOptions, RequestIdentity } from './record-runtime.js';
import { recordedAdapter } from './recorded-adapter.js';
import type { Recorder } from './recorder.js';
import { rememberRequestId } from './request-ids.js';

/** A classifier, loaded by itself or of a pool. */
type AnyClassifier = Omit<LlamaIntentClassifier, 'dispose'>;

/** What of a classifier is recorded. `requestIdOf` tells the id of an answer. */
export interface RecordedTexts {
  classify(text: string, options?: ClassifyOptions & RequestIdentity): Promise<IntentAnswer>;
}

/** A classifier whose requests are recorded. */
export type RecordedClassifier = LlamaIntentClassifier & RecordedTexts;

/** The classifier, with every text and its intent recorded; aborted requests are not. */
export function recordClassifier<Classifier extends AnyClassifier>(
  classifier: Classifier,
  recorder: Recorder,
  { version }: Pick<RecordingOptions, 'version'> = {},
): Classifier & RecordedTexts {
  const begin = (text: string, id: string): Pick<IntentRecord, 'type' | 'id' | 'time' | 'adapter' | 'text'> => ({
    ...{ type: 'intent', id, time: new Date().toISOString(), text },
    adapter: recordedAdapter(classifier.adapter.manifest, version),
  });
  const succeed = (record: ReturnType<typeof begin>, answer: IntentAnswer): IntentAnswer => {
    const { intent, probability, outOfScope, top, intents, score, promptTokens, durationMs } = answer;
    const ofKind = { ...(intents && { intents }), ...(score && { score }) };
    recorder.record({
      ...record,
      answer: { intent, probability, outOfScope, top, ...ofKind },
      promptTokens,
      durationMs,
    });
    return rememberRequestId(answer, record.id);
  };
  const fail = (
    records: readonly ReturnType<typeof begin>[],
    error: unknown,
    signal: AbortSignal | undefined,
  ): void => {
    if (signal?.aborted) return;
    for (const record of records) recorder.record({ ...record, error: errorOf(error) });
  };
  const recorded: RecordedTexts & Pick<AnyClassifier, 'classifyBatch'> = {
    async classify(text, { requestId = randomUUID(), ...options } = {}) {
      const record = begin(text, requestId);
      try {
        return succeed(record, await classifier.classify(text, options));
      } catch (error) {
        fail([record], error, options.signal);
        throw error;
      }
    },
    async classifyBatch(texts, options = {}) {
      const records = texts.map((text) => begin(text, randomUUID()));
      try {
        const answers = await classifier.classifyBatch(texts, options);
        return answers.map((answer, index) => succeed(records[index]!, answer));
      } catch (error) {
        fail(records, error, options.signal);
        throw error;
      }
    },
  };
  return Object.assign(Object.create(classifier) as Classifier, recorded);
}
