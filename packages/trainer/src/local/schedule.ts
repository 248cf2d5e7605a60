/**
 * Cosine schedule with linear warm-up: rises to `peak` over the first `warmupSteps` steps, then falls to 0 after the
 * last one (Loshchilov and Hutter 2017).
 * @param step number of the step, counted from 1
 */
export function cosineLearningRate(step: number, steps: number, warmupSteps: number, peak: number): number {
  if (step <= warmupSteps) return (peak * step) / warmupSteps;
  const progress = (step - warmupSteps) / (steps - warmupSteps + 1);
  return (peak * (1 + Math.cos(Math.PI * progress))) / 2;
}
