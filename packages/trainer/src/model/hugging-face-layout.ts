import type { ModelConfig } from './model-config.js';

/**
 * How the tensors of a GGUF file are called and laid out in a checkpoint of the transformers library
 * (llama.cpp's gguf-py/gguf/tensor_mapping.py and convert_hf_to_gguf.py).
 */

/** Modules of a layer that all known architectures have. */
const linearModules = {
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
} as const;

const headNorms = { attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm' } as const;
const twoNorms = { attn_norm: 'input_layernorm', ffn_norm: 'post_attention_layernorm' } as const;

/** Modules of a layer, by architecture. */
const layerModules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  llama: { ...linearModules, ...twoNorms },
  qwen2: { ...linearModules, ...twoNorms },
  qwen3: { ...linearModules, ...twoNorms, ...headNorms },
  gemma3: {
    ...linearModules,
    ...headNorms,
    attn_norm: 'input_layernorm',
    post_attention_norm: 'post_attention_layernorm',
    ffn_norm: 'pre_feedforward_layernorm',
    post_ffw_norm: 'post_feedforward_layernorm',
  },
};

const modelTensors: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
};

/** What a projection of a layer is called, below the layer: `attn_q` → `self_attn.q_proj`. */
export function huggingFaceModule(projection: string): string | undefined {
  return (linearModules as Readonly<Record<string, string>>)[projection];
}

/** The projection that is called so, below the layer: `self_attn.q_proj` → `attn_q`. */
export function projectionOfModule(module: string): string | undefined {
  return Object.entries(linearModules).find(([, name]) => name === module)?.[0];
}

/**
 * Name in a transformers checkpoint of a tensor of a GGUF file: `blk.0.attn_q.weight` →
 * `model.layers.0.self_attn.q_proj.weight`. undefined for a tensor, or an architecture, that is not known.
 */
export function huggingFaceName(architecture: string, name: string): string | undefined {
  const modules = layerModules[architecture];
  if (modules === undefined) return undefined;
  if (Object.hasOwn(modelTensors, name)) return modelTensors[name];
  const [, layer, part, kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(name) ?? [];
  if (part === undefined || !Object.hasOwn(modules, part)) return undefined;
  return `model.layers.${layer}.${modules[part]}.${kind}`;
}

/** The inverse of `huggingFaceName`. */
export function ggufName(architecture: string, name: string): string | undefined {
  const known = Object.entries(modelTensors).find(([, own]) => own === name);
  if (known !== undefined) return known[0];
  const [, layer, module, kind] = /^model\.layers\.(\d+)\.([\w.]+)\.(weight|bias)$/.exec(name) ?? [];
  const part = Object.entries(layerModules[architecture] ?? {}).find(([, own]) => own === module)?.[0];
  return part === undefined ? undefined : `blk.${layer}.${part}.${kind}`;
}

/**
 * Number of heads whose rows are in another order, or undefined where rows are as they are. Where rotary embeddings turn
 * neighbouring pairs (llama), GGUF files have the two halves of each query and key head interleaved.
 */
export function interleavedHeads({ rotary, heads, keyHeads }: ModelConfig, projection: string): number | undefined {
  if (rotary.pairs !== 'neighbours') return undefined;
  if (projection === 'attn_q') return heads;
  return projection === 'attn_k' ? keyHeads : undefined;
}

/** What is added to the weights of norms in GGUF files: Gemma's checkpoints hold them less 1. */
export function normOffset(architecture: string): number {
  return architecture === 'gemma3' ? 1 : 0;
}

/**
 * Rows of each head from neighbouring pairs, as in GGUF files, to [first halves, second halves], as in checkpoints.
 * @param data [rows, columns]
 */
export function rowsToHalves(data: Float32Array, columns: number, heads: number): Float32Array {
  return moveRows(data, columns, heads, (pair, half, size) => [half * (size / 2) + pair, 2 * pair + half]);
}

/**
 * The inverse of `rowsToHalves`.
 * @param data [rows, columns]
 */
export function rowsToPairs(data: Float32Array, columns: number, heads: number): Float32Array {
  return moveRows(data, columns, heads, (pair, half, size) => [2 * pair + half, half * (size / 2) + pair]);
}

/** @param place gives, inside a head of `size` rows, where a row goes and where it comes from */
function moveRows(
  data: Float32Array,
  columns: number,
  heads: number,
  place: (pair: number, half: number, size: number) => readonly [to: number, from: number],
): Float32Array {
  const size = data.length / columns / heads;
  const moved = new Float32Array(data.length);
  for (let head = 0; head < heads; head++) {
    for (let pair = 0; pair < size / 2; pair++) {
      for (let half = 0; half < 2; half++) {
        const [to, from] = place(pair, half, size).map((row) => (head * size + row) * columns) as [number, number];
        moved.set(data.subarray(from, from + columns), to);
      }
    }
  }
  return moved;
}
