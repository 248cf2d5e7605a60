/** Settings of AdamW that do not change during a run. */
export interface AdamWOptions {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled weight decay, a step and unit of learning rate. */
  weightDecay: number;
}

/** A run of values that share a learning rate. */
export interface ParameterGroup {
  start: number;
  /** Before it the run ends. */
  end: number;
  /** Factor on the learning rate. */
  rateFactor: number;
}

export const adamWDefaults: AdamWOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/** AdamW (Loshchilov and Hutter 2019) over one flat vector. Allocates nothing per step. */
export class AdamW {
  /** First and second moments; saved in checkpoints. */
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  readonly #options: AdamWOptions;

  constructor(size: number, options: AdamWOptions) {
    this.firstMoment = new Float32Array(size);
    this.secondMoment = new Float32Array(size);
    this.#options = options;
  }

  /**
   * Takes one step in place.
   * @param step number of this step, counted from 1
   * @param gradientScale factor on every gradient, for clipping
   * @param groups runs of values, each with a factor on the learning rate; all of them at factor 1 by default
   */
  step(
    values: Float32Array,
    gradients: Float32Array,
    step: number,
    learningRate: number,
    gradientScale: number,
    groups: readonly ParameterGroup[] = [{ start: 0, end: values.length, rateFactor: 1 }],
  ): void {
    for (const group of groups)
      this.#stepGroup(values, gradients, step, learningRate * group.rateFactor, gradientScale, group);
  }

  #stepGroup(
    values: Float32Array,
    gradients: Float32Array,
    step: number,
    learningRate: number,
    gradientScale: number,
    { start, end }: ParameterGroup,
  ): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    const { firstMoment, secondMoment } = this;
    const rate = learningRate / (1 - beta1 ** step);
    const secondCorrection = 1 / (1 - beta2 ** step);
    const decay = 1 - learningRate * weightDecay;
    for (let i = start; i < end; i++) {
      const gradient = gradients[i]! * gradientScale;
      const first = beta1 * firstMoment[i]! + (1 - beta1) * gradient;
      const second = beta2 * secondMoment[i]! + (1 - beta2) * gradient * gradient;
      firstMoment[i] = first;
      secondMoment[i] = second;
      values[i] = values[i]! * decay - (rate * first) / (Math.sqrt(second * secondCorrection) + epsilon);
    }
  }
}
