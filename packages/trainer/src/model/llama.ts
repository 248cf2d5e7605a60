import { Graph, Tape, type Tensor } from '../graph/index.js';
import {
  add,
  attention,
  attentionLayout,
  crossEntropy,
  gatherRows,
  loraLinear,
  rmsNorm,
  rotary,
  rotaryTables,
  swiglu,
} from '../graph/operators/index.js';
import type { LlamaConfig } from './llama-config.js';
import { loraAName, loraBName, loraParameterShapes, type Projection, projectionGroups } from './lora-parameters.js';

export interface LlamaGraphOptions {
  rank: number;
  /** LoRA's alpha: the adapter's output is multiplied by alpha / rank. */
  alpha: number;
  /** Most tokens in one run; positions are below it too. */
  maxTokens: number;
  /** What a run gives: loss and gradients, or the logits of the label rows. */
  outputs: 'gradients' | 'logits';
}

/** Reads a frozen weight; called once for each. */
export type WeightSource = (name: string) => Promise<{ shape: readonly number[]; data: Float32Array }>;

/**
 * The llama architecture (Touvron et al. 2023) with LoRA on all seven projections of every layer, as one graph over a
 * pack of examples.
 *
 * Inputs: `tokens` int64 [tokens], `positions` int64 [1, tokens], those of attentionLayout, the labels
 * (`labelRows` int64 [labels], `labelSlots` int64 [tokens], `labels` int64 [labels], `labelWeights` float32 [labels, 1])
 * and every LoRA parameter by name.
 * Outputs: `loss`, `correct` [labels] and `gradient:NAME` for every parameter; or `logits` [labels, vocabulary].
 */
export async function buildLlamaGraph(
  config: LlamaConfig,
  weights: WeightSource,
  options: LlamaGraphOptions,
): Promise<Graph> {
  const graph = new Graph();
  const tape = new Tape(graph);
  const { heads, keyHeads, headSize, width } = config;
  const scale = options.alpha / options.rank;
  const weight = async (name: string): Promise<Tensor> => {
    const { shape, data } = await weights(name);
    return graph.initializer(name, 'float32', shape, data);
  };

  const tokens = graph.input('tokens', 'int64', ['tokens']);
  const positions = graph.input('positions', 'int64', [1, 'tokens']);
  const layout = attentionLayout(graph);
  const labelRows = graph.input('labelRows', 'int64', ['labels']);
  const labelSlots = graph.input('labelSlots', 'int64', ['tokens']);
  const labels = graph.input('labels', 'int64', ['labels']);
  const labelWeights = graph.input('labelWeights', 'float32', ['labels', 1]);
  const parameters = loraParameterShapes(config, options.rank);
  for (const { name, shape } of parameters) {
    graph.input(name, 'float32', shape);
    if (options.outputs === 'gradients') tape.parameter(name);
  }

  const tables = rotaryTables(tape, options.maxTokens, headSize, config.ropeBase);
  const embedding = await weight('token_embd.weight');
  let x = graph.node('Gather', [embedding, tokens], { attributes: { axis: 0 } });

  for (let layer = 0; layer < config.layers; layer++) {
    const linear = async (input: Tensor, group: readonly Projection[]): Promise<Tensor[]> => {
      const projections = [];
      for (const projection of group) {
        projections.push({
          weight: await weight(`blk.${layer}.${projection}.weight`),
          loraB: loraBName(layer, projection),
        });
      }
      return loraLinear(tape, input, projections, loraAName(layer, group), scale);
    };
    const norm = async (input: Tensor, name: string) =>
      rmsNorm(tape, input, await weight(`blk.${layer}.${name}.weight`), config.rmsNormEpsilon);

    const [q, k, v] = (await linear(await norm(x, 'attn_norm'), projectionGroups[0])) as [Tensor, Tensor, Tensor];
    let context = attention(
      tape,
      rotary(tape, q, positions, tables),
      rotary(tape, k, positions, tables),
      v,
      { heads, keyHeads, headSize },
      layout,
    );
    if (layer === config.layers - 1) {
      // After the last attention only the rows that carry a label matter.
      context = gatherRows(tape, context, labelRows, labelSlots, heads * headSize);
      x = gatherRows(tape, x, labelRows, labelSlots, width);
    }
    x = add(tape, x, (await linear(context, projectionGroups[1]))[0]!);
    const [gate, up] = (await linear(await norm(x, 'ffn_norm'), projectionGroups[2])) as [Tensor, Tensor];
    x = add(tape, x, (await linear(swiglu(tape, gate, up), projectionGroups[3]))[0]!);
  }

  const hidden = rmsNorm(tape, x, await weight('output_norm.weight'), config.rmsNormEpsilon);
  const head = config.tiedHead ? embedding : await weight('output.weight');
  const { loss, logits, correct } = crossEntropy(tape, hidden, head, labels, labelWeights);
  if (options.outputs === 'logits') {
    graph.output(logits, 'logits', ['labels', config.vocabularySize]);
    return graph;
  }
  tape.backward();
  graph.output(loss, 'loss', []);
  graph.output(correct, 'correct', ['labels']);
  for (const { name, shape } of parameters) graph.output(tape.gradient(name), `gradient:${name}`, shape);
  return graph;
}
