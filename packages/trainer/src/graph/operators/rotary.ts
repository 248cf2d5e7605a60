import { microsoftDomain, type Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/**
 * Which values of a head are turned together: `neighbours` (2i, 2i + 1), the paper's and that of llama GGUF files, or
 * `halves` (i, i + headSize / 2), GPT-NeoX's and that of all other GGUF files.
 */
export type RotaryPairs = 'neighbours' | 'halves';

/** Frequencies of a rotary embedding. */
export interface RotaryFrequencies {
  headSize: number;
  pairs: RotaryPairs;
  /** The frequency base (10,000 in the paper; `rope.freq_base` of a GGUF file). */
  base: number;
  /** Positions are divided by it: linear scaling (Chen et al. 2023), `rope.scaling.factor`. Default 1. */
  positionDivisor?: number;
  /** [headSize / 2] Each frequency is divided by its own: Llama 3's scaling, `rope_freqs.weight`. Default all 1. */
  divisors?: Float32Array;
}

/** Tables of a rotary embedding, each [positions, headSize / 2]. */
export interface RotaryTables {
  cosine: Tensor;
  sine: Tensor;
  negativeSine: Tensor;
  pairs: RotaryPairs;
}

/**
 * Tables for positions 0 to `positions` - 1. onnxruntime wants at least as many positions as a run has tokens.
 * @param name tells the tables of one graph apart
 */
export function rotaryTables(
  tape: Tape,
  name: string,
  positions: number,
  frequencies: RotaryFrequencies,
): RotaryTables {
  const { headSize, base, pairs, positionDivisor = 1, divisors } = frequencies;
  const half = headSize / 2;
  const cosine = new Float32Array(positions * half);
  const sine = new Float32Array(positions * half);
  const negativeSine = new Float32Array(positions * half);
  for (let position = 0; position < positions; position++) {
    for (let pair = 0; pair < half; pair++) {
      const frequency = base ** ((-2 * pair) / headSize) / (divisors?.[pair] ?? 1);
      const angle = (position / positionDivisor) * frequency;
      cosine[position * half + pair] = Math.cos(angle);
      sine[position * half + pair] = Math.sin(angle);
      negativeSine[position * half + pair] = -Math.sin(angle);
    }
  }
  const table = (part: string, data: Float32Array) =>
    tape.graph.initializer(`${name}_${part}`, 'float32', [positions, half], data);
  return {
    cosine: table('cosine', cosine),
    sine: table('sine', sine),
    negativeSine: table('negative_sine', negativeSine),
    pairs,
  };
}

/**
 * Rotary position embedding (Su et al. 2021).
 * @param x [tokens, heads × headSize]
 * @param positions int64 [1, tokens]
 */
export function rotary(tape: Tape, x: Tensor, positions: Tensor, tables: RotaryTables): Tensor {
  const { graph } = tape;
  const rotate = (rows: Tensor, sine: Tensor): Tensor => {
    const batched = graph.node('Unsqueeze', [rows, graph.integers([0])]);
    const rotated = graph.node('RotaryEmbedding', [batched, positions, tables.cosine, sine], {
      domain: microsoftDomain,
      attributes: { interleaved: tables.pairs === 'neighbours' ? 1 : 0 },
    });
    return graph.node('Squeeze', [rotated, graph.integers([0])]);
  };
  const y = rotate(x, tables.sine);
  // The rotation is orthogonal: its transpose is the rotation by the opposite angle.
  tape.record([y], [x], () => tape.accumulate(x, rotate(tape.gradient(y), tables.negativeSine)));
  return y;
}
