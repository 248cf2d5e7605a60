import type { Parameter } from '../model/parameter.js';

/** All trainable matrices in one flat array, so that the optimiser and checkpoints see a single vector. */
export class ParameterStore {
  /** Values of all parameters, one after another. */
  readonly values: Float32Array;
  /** Gradients, laid out alike. */
  readonly gradients: Float32Array;
  /** Views onto `values`. */
  readonly parameters: readonly Parameter[];
  /** The values that were best so far; null where none have been kept. */
  best: Float32Array | null = null;
  readonly #gradientViews: readonly Float32Array[];

  constructor(initial: readonly Parameter[]) {
    const size = initial.reduce((sum, { data }) => sum + data.length, 0);
    this.values = new Float32Array(size);
    this.gradients = new Float32Array(size);
    let offset = 0;
    const views: Float32Array[] = [];
    this.parameters = initial.map(({ name, shape, data }) => {
      const view = this.values.subarray(offset, offset + data.length);
      view.set(data);
      views.push(this.gradients.subarray(offset, offset + data.length));
      offset += data.length;
      return { name, shape, data: view };
    });
    this.#gradientViews = views;
  }

  /** Keeps the present values as the best ones. */
  keepBest(): void {
    this.best ??= new Float32Array(this.values.length);
    this.best.set(this.values);
  }

  /** Goes back to the best values, if any were kept. */
  restoreBest(): void {
    if (this.best !== null) this.values.set(this.best);
  }

  clearGradients(): void {
    this.gradients.fill(0);
  }

  /** Adds a gradient of the parameter at `index`. */
  addGradient(index: number, gradient: Float32Array): void {
    const view = this.#gradientViews[index]!;
    for (let i = 0; i < view.length; i++) view[i]! += gradient[i]!;
  }

  /** Euclidean norm of all gradients. */
  gradientNorm(): number {
    let sum = 0;
    for (const gradient of this.gradients) sum += gradient * gradient;
    return Math.sqrt(sum);
  }
}
