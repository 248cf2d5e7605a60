import type { Tape, Tensor } from '../graph/index.js';
import {
  type AttentionLayout,
  add,
  addBias,
  attention,
  type DropoutMasks,
  gatherRows,
  geglu,
  headRmsNorm,
  linear,
  loraLinear,
  type RotaryTables,
  rmsNorm,
  rotary,
  swiglu,
} from '../graph/operators/index.js';
import { loraAName, loraBName, magnitudeName, type Projection, projectionShape } from './lora-parameters.js';
import type { ModelConfig } from './model-config.js';

/** How far a layer sees, and how it tells positions apart. */
export interface AttentionReach {
  layout: AttentionLayout;
  tables: RotaryTables;
}

/** What all layers of a graph share. */
export interface DecoderContext {
  tape: Tape;
  config: ModelConfig;
  /** int64 [1, tokens] */
  positions: Tensor;
  /** Rows that carry a label: int64 [labels], and for each token its place among them, int64 [tokens]. */
  labelRows: Tensor;
  labelSlots: Tensor;
  lora: LoraSettings;
}

/** How adapters are computed. */
export interface LoraSettings {
  /** What B · A is multiplied by. */
  scale: number;
  /** Whether adapted projections have magnitudes. */
  dora: boolean;
  dropout: DropoutMasks | undefined;
}

/** What one layer has for itself. */
export interface LayerParts {
  /** Counted from 0. */
  index: number;
  reach: AttentionReach;
  /** Projections that have an adapter here. */
  targets: readonly Projection[];
  /** Frozen weights by name without `blk.N.`. */
  weights: ReadonlyMap<string, Tensor>;
}

/** One layer of a decoder under construction: the words that architectures are written in. */
export class DecoderLayer {
  readonly #context: DecoderContext;
  readonly #layer: LayerParts;

  constructor(context: DecoderContext, layer: LayerParts) {
    this.#context = context;
    this.#layer = layer;
  }

  /** A projection of x [tokens, inputs], with its adapter if it has one: [tokens, outputs]. */
  projection(x: Tensor, name: Projection): Tensor {
    return this.projections(x, [name])[0];
  }

  /** Projections of the same input, each with its adapter if it has one. */
  projections<const Names extends readonly Projection[]>(x: Tensor, names: Names): { [At in keyof Names]: Tensor } {
    const { tape, lora } = this.#context;
    const { index, targets } = this.#layer;
    const adapted = names.filter((name) => targets.includes(name));
    const outputs = new Map<Projection, Tensor>();
    if (adapted.length > 0) {
      const parts = adapted.map((name) => ({
        weight: this.#weight(`${name}.weight`),
        loraB: loraBName(index, name),
        ...(lora.dora ? { magnitude: magnitudeName(index, name) } : {}),
      }));
      const inputs = projectionShape(this.#context.config, adapted[0]!)[1];
      const loraA = loraAName(index, adapted);
      const dropout = lora.dropout && ((rows: Tensor) => lora.dropout!.mask(loraA, rows, inputs));
      const options = { scale: lora.scale, ...(dropout === undefined ? {} : { dropout }) };
      const results = loraLinear(tape, x, parts, loraA, options);
      adapted.forEach((name, at) => {
        outputs.set(name, results[at]!);
      });
    }
    const output = (name: Projection) => outputs.get(name) ?? linear(tape, x, this.#weight(`${name}.weight`));
    return names.map(output) as { [At in keyof Names]: Tensor };
  }

  /** Adds a projection's bias to its output. */
  bias(x: Tensor, name: Projection): Tensor {
    return addBias(this.#context.tape, x, this.#weight(`${name}.bias`));
  }

  /** RMS norm over the whole row. */
  norm(x: Tensor, name: string): Tensor {
    const { tape, config } = this.#context;
    return rmsNorm(tape, x, this.#weight(`${name}.weight`), config.rmsNormEpsilon);
  }

  /** RMS norm of queries or keys, head by head. */
  headNorm(x: Tensor, name: string): Tensor {
    const { tape, config } = this.#context;
    return headRmsNorm(tape, x, this.#weight(`${name}.weight`), config.headSize, config.rmsNormEpsilon);
  }

  /** Turns queries or keys by their positions. */
  rotary(x: Tensor): Tensor {
    return rotary(this.#context.tape, x, this.#context.positions, this.#layer.reach.tables);
  }

  /**
   * Causal attention as far as this layer sees.
   * @returns [tokens, heads × headSize]; of the last layer the rows that carry a label
   */
  attention(q: Tensor, k: Tensor, v: Tensor): Tensor {
    const { tape, config } = this.#context;
    const { heads, keyHeads, headSize, attentionScale: scale } = config;
    const context = attention(tape, q, k, v, { heads, keyHeads, headSize, scale }, this.#layer.reach.layout);
    return this.#needed(context, heads * headSize);
  }

  /** The residual stream past attention: of the last layer only the rows that carry a label go on. */
  residual(x: Tensor): Tensor {
    return this.#needed(x, this.#context.config.width);
  }

  add(a: Tensor, b: Tensor): Tensor {
    return add(this.#context.tape, a, b);
  }

  swiglu(gate: Tensor, up: Tensor): Tensor {
    return swiglu(this.#context.tape, gate, up);
  }

  geglu(gate: Tensor, up: Tensor): Tensor {
    return geglu(this.#context.tape, gate, up);
  }

  #needed(x: Tensor, width: number): Tensor {
    const { tape, config, labelRows, labelSlots } = this.#context;
    return this.#layer.index === config.layers - 1 ? gatherRows(tape, x, labelRows, labelSlots, width) : x;
  }

  #weight(name: string): Tensor {
    const tensor = this.#layer.weights.get(name);
    if (tensor === undefined) throw new Error(`layer ${this.#layer.index} has no ${name}`);
    return tensor;
  }
}
