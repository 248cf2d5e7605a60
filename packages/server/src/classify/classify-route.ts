import type { ApiError } from '../api-error.js';
import { readBody, readJson } from '../read-body.js';
import type { RequestContext, ServerContext } from '../server-context.js';
import { classifyBody } from './classify-body.js';
import { toClassifications } from './to-classification.js';

/** `POST /v1/classify` */
export async function classifyRoute(context: RequestContext, server: ServerContext): Promise<Response> {
  const { model, input, top_k: topK, threshold } = readBody(classifyBody, await readJson(context));
  server.models.taskOf(model);
  context.set('model', model);
  const { signal, leave } = server.admission.enter(context.req.raw.signal);
  try {
    const classifier = await server.models.classifier(model);
    const answers = await classifier.classifyBatch(typeof input === 'string' ? [input] : input, {
      ...(topK == null ? {} : { topK }),
      ...(threshold === undefined ? {} : { threshold }),
      signal,
    });
    const classifications = toClassifications(model, answers);
    server.metrics.promptTokens(model, classifications.usage.prompt_tokens);
    return context.json(classifications);
  } catch (error) {
    throw signal.aborted ? (signal.reason as ApiError) : error;
  } finally {
    leave();
  }
}
