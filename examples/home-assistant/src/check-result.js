// @ts-check
/** @import { EvaluationReport } from '@tooltune/sdk' */

/**
 * What of the demo's result is not as it should be.
 * @param {EvaluationReport} report
 * @param {{ streamedCalls: number, requests: number }} streamed
 * @returns {string[]}
 */
export function checkResult(report, { streamedCalls, requests }) {
  /** @param {string} name */
  const metricsOf = (name) => {
    const configuration = report.configurations.find((configuration) => configuration.name === name);
    if (configuration === undefined) throw new Error(`the report has no configuration ${name}`);
    return configuration.metrics;
  };
  const adapter = metricsOf('adapter + constraint');
  const baseExact = Math.max(
    metricsOf('base').exactCallAccuracy.rate ?? 0,
    metricsOf('base + constraint').exactCallAccuracy.rate ?? 0,
  );
  const adapterExact = adapter.exactCallAccuracy.rate ?? 0;
  const failures = [];
  if (adapterExact <= baseExact) {
    failures.push(
      `the adapter is exact in ${percent(adapterExact)} of the rows, the base model in ${percent(baseExact)}`,
    );
  }
  if (adapter.malformedRate.count > 0) {
    failures.push(`${adapter.malformedRate.count} answers of the adapter were malformed under the constraint`);
  }
  if (streamedCalls < requests) failures.push(`${requests} requests were streamed, ${streamedCalls} calls came`);
  return failures;
}

/** @param {number} share */
function percent(share) {
  return `${(share * 100).toFixed(1)}%`;
}
