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
  #remade = new Map<Tensor, Tensor>();

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

  /**
   * Says how a tensor that costs little is made again from tensors that are kept anyway, so that the backward pass need not
   * hold on to it (rematerialisation, Chen et al. 2016).
   *
   * The nodes are added now, not where they are used: onnxruntime takes of a node's inputs first what was added last, so a
   * gradient comes before what was made again for it, and that is not kept long.
   */
  remakes(tensor: Tensor, recipe: () => Tensor): void {
    this.#remade.set(tensor, recipe());
  }

  /** A tensor of the forward pass for use in the backward pass: the one made again, where there is one. */
  saved(tensor: Tensor): Tensor {
    return this.#remade.get(tensor) ?? tensor;
  }

  /**
   * Builds a part of the graph of which only `x` is kept for the backward pass, where the part is computed a second time
   * (activation checkpointing, Chen et al. 2016).
   * @param build the part, from its input to its output; called twice
   */
  checkpoint(x: Tensor, build: (x: Tensor) => Tensor): Tensor {
    const { part: y } = this.#apart(() => build(x));
    if (!this.#requiresGradient.has(y)) return y;
    // Added now for the same reason as what `remakes` adds.
    const { part: again, rules } = this.#apart(() => build(x));
    this.#backward.push(() => {
      this.#gradients.set(again, this.gradient(y));
      for (const rule of rules.reverse()) rule();
    });
    return y;
  }

  /** What is built, and the backward rules of it alone. */
  #apart(build: () => Tensor): { part: Tensor; rules: (() => void)[] } {
    const others = this.#backward;
    this.#backward = [];
    const part = build();
    const rules = this.#backward;
    this.#backward = others;
    return { part, rules };
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

  /**
   * Adds rows to the gradient of a matrix, a row as often as it is named.
   * @param indices int64 [count]: which rows
   * @param rows [count, columns]
   */
  accumulateRows(tensor: Tensor, indices: Tensor, rows: Tensor): void {
    if (!this.#requiresGradient.has(tensor)) return;
    const { graph } = this;
    const known = this.#gradients.get(tensor) ?? graph.node('ConstantOfShape', [graph.node('Shape', [tensor])]);
    const places = graph.node('Unsqueeze', [indices, graph.integers([1])]);
    this.#gradients.set(tensor, graph.node('ScatterND', [known, places, rows], { attributes: { reduction: 'add' } }));
  }

  /** Adds the backward nodes for everything recorded. The loss's own rule seeds the gradients. */
  backward(): void {
    for (const rule of this.#backward.reverse()) rule();
    this.#backward = [];
  }
}
