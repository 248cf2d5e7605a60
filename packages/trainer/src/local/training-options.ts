import type { BaseModelFile } from '../adapter/original-model.js';
import type { Device } from '../device/index.js';
import type { LoraShape } from '../model/lora-parameters.js';
import type { Hyperparameters } from './hyperparameters.js';
import type { TrainingEvent } from './training-events.js';

/** What all trainings on this machine may be told. */
export interface TrainingOptions extends Pick<LoraShape, 'targets' | 'layers'> {
  base: BaseModelFile;
  /** SHA-256 of the data files, for the manifest. */
  dataSha256?: readonly string[];
  /** Folder of the adapter bundle. Must be empty or absent, or hold the checkpoint of the run to resume. */
  output: string;
  /**
   * Folder of an adapter of the same base to go on from: a bundle, or what PEFT saved. Its rank, alpha, projections and
   * layers are kept. Default: a new adapter.
   */
  start?: string;
  /**
   * Trains all weights of the base, and no adapter: for small models, with six times the memory of the weights as
   * float32, and once more where there are validation rows.
   * The bundle then holds the whole model. Default false.
   */
  full?: boolean;
  hyperparameters?: Partial<Hyperparameters>;
  /** Decides everything random. Default 1. */
  seed?: number;
  /** Continues the run whose checkpoint is in `output`; starts anew where there is none. */
  resume?: boolean;
  /** Processor threads. The same number gives the same bytes. Default: all cores. */
  threads?: number;
  /**
   * Where the graph is computed: `auto` is the best that works here. Another device gives other bits. Default `cpu`, which is
   * there everywhere and always the same.
   */
  device?: Device;
  /**
   * Most tokens computed at once: bounds memory, about 2.5 MB a token for a model of 135M parameters. Default 768, or 640
   * beside what the examples of a batch share at their beginning.
   */
  maxTokensPerPass?: number;
  /**
   * Keeps the base's weights in memory quantised (QLoRA, Dettmers et al. 2023) rather than expanded to float32: an eighth to
   * a quarter of the memory, and slower. Of a GGUF file they are the blocks it holds, and the result is the same but for
   * rounding; the floats of a Hugging Face folder are quantised to NF4, for training alone. Default false.
   */
  quantized?: boolean;
  /** Computes activations again rather than keeping them: less memory, about a third slower. Default false. */
  checkpointing?: boolean;
  /**
   * Bytes of memory that the training may take: one that would take more is refused before it starts. Default: what the
   * system says is free. Infinity: no check.
   */
  availableMemory?: number;
  onEvent?: (event: TrainingEvent) => void;
  /** Stops between steps, after a checkpoint was saved. */
  signal?: AbortSignal;
}
