import type { Attribute, Graph, Tensor } from './graph.js';

/**
 * Reverse-mode differentiation over a graph under construction: every differentiable operator adds its forward nodes
 * and records how gradients flow back; `backward` then adds the backward nodes in reverse order. Nothing is added for
 * tensors that no trainable parameter reaches.
 */
export class Tape {
  readonly graph: Graph;
  #requiresGradient = new Set<Tensor>();
  #gradients = new Map<Tensor, Tensor>();
  #backward: (() => void)[] = [];

  constructor(graph: Graph) {
    this.graph = graph;
  }

  /** Marks a parameter whose gradient is wanted. */
  parameter(tensor: Tensor): Tensor {
    this.#requiresGradient.add(tensor);
    return tensor;
  }

  requiresGradient(tensor: Tensor): boolean {
    return this.#requiresGradient.has(tensor);
  }

  /**
   * Records the backward rule of an operator, if any of its inputs requires a gradient.
   * @param rule is called once all gradients of `outputs` are complete.
   */
  record(outputs: readonly Tensor[], inputs: readonly Tensor[], rule: () => void): void {
    if (!inputs.some((input) => this.#requiresGradient.has(input))) return;
    for (const output of outputs) this.#requiresGradient.add(output);
    this.#backward.push(rule);
  }

  /** The gradient gathered so far; throws for a tensor that none has reached. */
  gradient(tensor: Tensor): Tensor {
    const gradient = this.#gradients.get(tensor);
    if (gradient === undefined) throw new Error(`no gradient reaches ${tensor}`);
    return gradient;
  }

  /** Adds to the gradient of a tensor. */
  accumulate(tensor: Tensor, gradient: Tensor): void {
    if (!this.#requiresGradient.has(tensor)) return;
    const known = this.#gradients.get(tensor);
    this.#gradients.set(tensor, known === undefined ? gradient : this.graph.node('Add', [known, gradient]));
  }

  /** Adds a · b to the gradient of a tensor; the sum is folded into the matrix product. */
  accumulateProduct(tensor: Tensor, a: Tensor, b: Tensor, attributes: Record<string, Attribute> = {}): void {
    if (!this.#requiresGradient.has(tensor)) return;
    const known = this.#gradients.get(tensor);
    const inputs = known === undefined ? [a, b] : [a, b, known];
    this.#gradients.set(tensor, this.graph.node('Gemm', inputs, { attributes }));
  }

  /** Adds the backward nodes for everything recorded. The loss's own rule seeds the gradients. */
  backward(): void {
    for (const rule of this.#backward.reverse()) rule();
    this.#backward = [];
  }
}
