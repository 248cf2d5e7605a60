import { microsoftDomain, type Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/** Tables of a rotary embedding, each [positions, headSize / 2]. */
export interface RotaryTables {
  cosine: Tensor;
  sine: Tensor;
  negativeSine: Tensor;
}

/**
 * Tables for positions 0 to `positions` - 1. onnxruntime wants at least as many positions as a run has tokens.
 * @param base the frequency base (10,000 in the paper; `rope.freq_base` of a GGUF file)
 */
export function rotaryTables(tape: Tape, positions: number, headSize: number, base: number): RotaryTables {
  const half = headSize / 2;
  const cosine = new Float32Array(positions * half);
  const sine = new Float32Array(positions * half);
  const negativeSine = new Float32Array(positions * half);
  for (let position = 0; position < positions; position++) {
    for (let pair = 0; pair < half; pair++) {
      const angle = position * base ** ((-2 * pair) / headSize);
      cosine[position * half + pair] = Math.cos(angle);
      sine[position * half + pair] = Math.sin(angle);
      negativeSine[position * half + pair] = -Math.sin(angle);
    }
  }
  const table = (name: string, data: Float32Array) => tape.graph.initializer(name, 'float32', [positions, half], data);
  return {
    cosine: table('rotary_cosine', cosine),
    sine: table('rotary_sine', sine),
    negativeSine: table('rotary_negative_sine', negativeSine),
  };
}

/**
 * Rotary position embedding (Su et al. 2021) over neighbouring pairs, the layout of llama GGUF files.
 * @param x [tokens, heads × headSize]
 * @param positions int64 [1, tokens]
 */
export function rotary(tape: Tape, x: Tensor, positions: Tensor, tables: RotaryTables): Tensor {
  const y = rotate(tape, x, positions, tables.cosine, tables.sine);
  // The rotation is orthogonal: its transpose is the rotation by the opposite angle.
  tape.record([y], [x], () => {
    tape.accumulate(x, rotate(tape, tape.gradient(y), positions, tables.cosine, tables.negativeSine));
  });
  return y;
}

function rotate(tape: Tape, x: Tensor, positions: Tensor, cosine: Tensor, sine: Tensor): Tensor {
  const { graph } = tape;
  const batched = graph.node('Unsqueeze', [x, graph.integers([0])]);
  const rotated = graph.node('RotaryEmbedding', [batched, positions, cosine, sine], {
    domain: microsoftDomain,
    attributes: { interleaved: 1 },
  });
  return graph.node('Squeeze', [rotated, graph.integers([0])]);
}
