/**
 * Lets one evaluation through at a time, first come, first served. Sequences that llama.cpp evaluates in one batch were
 * not faster than one after the other on a processor, at half precision their logits depend on who else is in the batch,
 * and engines that share a gate share its threads.
 */
export class EvaluationGate {
  #last: Promise<unknown> = Promise.resolve();

  /** Does the work once all that came before is done. @throws what the work throws */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
