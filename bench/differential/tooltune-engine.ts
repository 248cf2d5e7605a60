import { ConstraintError, compileSchema } from '@tooltune/runtime/constraint';
import { byteVocabulary, judgeInstance } from '../measuring/byte-vocabulary.js';
import { type Engine, sameForAll, type Verdict } from './engine.js';

/** Our engine: the walk of the compact JSON, then the check where a keyword is left to it. */
export function tooltuneEngine(version: string): Engine {
  return {
    name: 'tooltune',
    version,
    async judge(schema, instances, settings) {
      try {
        const compiled = compileSchema(schema, { ...settings, vocabulary: byteVocabulary });
        const isWhole = compiled.deferred().length === 0;
        return instances.map((data) => readVerdict(judgeInstance(compiled, data, isWhole)));
      } catch (error) {
        if (!(error instanceof ConstraintError)) {
          return sameForAll(instances, { kind: 'failed', reason: `crash: ${error}` });
        }
        // That no value is valid is a verdict on every instance, not a refusal.
        if (error.code === 'constraint/unsatisfiable') return sameForAll(instances, { kind: 'rejected' });
        const reason = error.keyword === undefined ? error.code : `${error.code} ${error.keyword}`;
        return sameForAll(instances, { kind: 'refused', reason });
      }
    },
  };
}

function readVerdict(verdict: string): Verdict {
  if (verdict === 'accepted' || verdict === 'rejected') return { kind: verdict };
  return { kind: 'failed', reason: verdict };
}
