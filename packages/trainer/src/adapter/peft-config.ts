import { escapePointer, type JsonObject, type JsonValue } from '@tooltune/sdk';
import { readJsonFile } from '@tooltune/sdk/files';
import { huggingFaceModule } from '../model/hugging-face-layout.js';
import { type Adapter, isDora, parseUpdateName, targetsOf } from './adapter.js';
import { PeftError } from './peft-error.js';

/** What adapter_config.json says that decides what an adapter's tensors mean. */
export interface PeftConfig {
  alpha: number;
  rsLora: boolean;
  dora: boolean;
  /** Other alphas than `alpha`, for modules whose name ends in what the pattern matches; the first that does counts. */
  alphaPatterns: readonly { pattern: RegExp; alpha: number }[];
  /** What it says it was trained on. */
  baseModel: string | null;
}

/** Options that say nothing about what the tensors mean, or no more than the tensors themselves. */
const harmlessOptions = new Set([
  ...['auto_mapping', 'exclude_modules', 'inference_mode', 'layers_pattern', 'layers_to_transform', 'lora_dropout'],
  ...['megatron_core', 'peft_version', 'qalora_group_size', 'r', 'rank_pattern', 'revision', 'target_modules'],
  ...['ensure_weight_tying', 'eva_config', 'runtime_config'],
]);

/** Options that are read here. */
const understoodOptions: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  peft_type: (value) => value === 'LORA',
  task_type: (value) => value === null || value === 'CAUSAL_LM',
  bias: (value) => value === 'none',
  // The others change the base model's weights before training.
  init_lora_weights: (value) => typeof value === 'boolean' || ['gaussian', 'eva', 'orthogonal'].includes(String(value)),
  lora_alpha: (value) => typeof value === 'number' && value > 0,
  use_rslora: (value) => typeof value === 'boolean',
  use_dora: (value) => typeof value === 'boolean',
  base_model_name_or_path: (value) => value === null || typeof value === 'string',
  alpha_pattern: (value) =>
    value === null ||
    (isObject(value) && Object.values(value).every((alpha) => typeof alpha === 'number' && alpha > 0)),
};

/**
 * Reads an adapter_config.json (`LoraConfig` of PEFT). Throws FileError; PeftError `peft/not-an-adapter`, or
 * `peft/unsupported` with the pointer of an option that is not understood and not switched off.
 */
export async function readPeftConfig(path: string): Promise<PeftConfig> {
  const config = await readJsonFile(path);
  if (!isObject(config) || config.peft_type === undefined || config.lora_alpha === undefined) {
    const message = 'this is no configuration of a LoRA adapter: peft_type and lora_alpha are missing';
    throw new PeftError('peft/not-an-adapter', message, { location: { file: path } });
  }
  for (const [name, value] of Object.entries(config)) {
    if (harmlessOptions.has(name)) continue;
    const isFine = Object.hasOwn(understoodOptions, name) ? understoodOptions[name]!(value) : isOff(value);
    if (isFine) continue;
    const message = `${name} is ${JSON.stringify(value)}, which is not supported; train or save the adapter without it`;
    throw new PeftError('peft/unsupported', message, { location: { file: path, pointer: `/${escapePointer(name)}` } });
  }
  return {
    alpha: config.lora_alpha as number,
    rsLora: config.use_rslora === true,
    dora: config.use_dora === true,
    baseModel: (config.base_model_name_or_path ?? null) as string | null,
    alphaPatterns: Object.entries((config.alpha_pattern ?? {}) as Record<string, number>).map(([pattern, alpha]) => {
      return { pattern: toRegExp(pattern, path), alpha };
    }),
  };
}

/** As PEFT matches the keys of alpha_pattern (peft.utils.other.get_pattern_key). */
function toRegExp(pattern: string, file: string): RegExp {
  try {
    return new RegExp(`^(.*\\.)?(${pattern})$`, 'u');
  } catch (cause) {
    const pointer = `/alpha_pattern/${escapePointer(pattern)}`;
    const message = 'this is no regular expression that JavaScript knows too; write out the names';
    throw new PeftError('peft/unsupported', message, { location: { file, pointer }, cause });
  }
}

/**
 * The adapter_config.json of an adapter.
 * @param model how many layers the base model has, and what it is called on the hub
 */
export function peftConfigOf(adapter: Adapter, model: { layers: number; baseModel: string | null }): JsonObject {
  const { rank, alpha, rsLora = false } = adapter;
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: model.baseModel,
    r: rank,
    lora_alpha: alpha,
    use_rslora: rsLora,
    use_dora: isDora(adapter),
    ...targetOptions(adapter, model.layers),
    bias: 'none',
    lora_dropout: 0,
    fan_in_fan_out: false,
    init_lora_weights: true,
    modules_to_save: null,
    inference_mode: true,
  };
}

/** Names where the same projections are updated in every layer that is, else each module with its whole path. */
function targetOptions(adapter: Adapter, layers: number): JsonObject {
  const targets = targetsOf(adapter);
  const names = [...adapter.updates.keys()].map(parseUpdateName);
  const updatedLayers = [...new Set(names.map(({ layer }) => layer))].sort((a, b) => a - b);
  if (names.length === updatedLayers.length * targets.length) {
    return {
      target_modules: targets.map((target) => peftModule(target).split('.').at(-1)!),
      layers_to_transform: updatedLayers.length === layers ? null : updatedLayers,
    };
  }
  return {
    target_modules: names.map(({ layer, projection }) => `model.layers.${layer}.${peftModule(projection)}`),
    layers_to_transform: null,
  };
}

/** What PEFT calls a projection, below its layer. */
export function peftModule(projection: string): string {
  const module = huggingFaceModule(projection);
  if (module === undefined) throw new Error(`${projection} has no name in PEFT`);
  return module;
}

function isOff(value: JsonValue): boolean {
  if (value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
