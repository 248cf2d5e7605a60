import { badRequest } from '../api-error.js';

/** Parameters that would change the answer and are not served, with what they may be all the same. */
const neutralValues: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  stop: (value) => Array.isArray(value) && value.length === 0,
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  logit_bias: (value) => typeof value === 'object' && Object.keys(value as object).length === 0,
  modalities: (value) => Array.isArray(value) && value.every((modality) => modality === 'text'),
  functions: (value) => Array.isArray(value) && value.length === 0,
  function_call: () => false,
  audio: () => false,
  web_search_options: () => false,
};

/** @throws ApiError `unsupported_parameter`: a client that asked for it would take the answer for another */
export function refuseUnsupported(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  for (const [param, isNeutral] of Object.entries(neutralValues)) {
    const value = (body as Record<string, unknown>)[param];
    if (value === undefined || value === null || isNeutral(value)) continue;
    throw badRequest(`${param} is not supported here; leave it out`, { code: 'unsupported_parameter', param });
  }
}
