/** One step of a JSON pointer, escaped (RFC 6901, section 3). */
export function escapeStep(step: string): string {
  if (!step.includes('~') && !step.includes('/')) return step;
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The steps of a JSON pointer that is empty or begins with `/`, each unescaped. */
export function pointerSteps(pointer: string): string[] {
  const steps = pointer.split('/');
  steps.shift();
  if (pointer.includes('~')) {
    for (let index = 0; index < steps.length; index++) {
      steps[index] = steps[index]!.replaceAll('~1', '/').replaceAll('~0', '~');
    }
  }
  return steps;
}
