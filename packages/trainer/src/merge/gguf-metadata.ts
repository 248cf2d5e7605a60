import type { BaseWeights } from '../model/base-weights.js';
import type { GgufFile } from '../model/gguf-reader.js';
import type { GgufValue } from '../model/gguf-writer.js';
import type { WritableFormat } from '../model/quantize.js';
import { ExportError } from './export-error.js';

/** llama.cpp's numbers for what most tensors of a file are (llama.h, enum llama_ftype). */
const fileTypes: Readonly<Record<WritableFormat, number>> = { F32: 0, F16: 1, Q4_0: 2, Q4_1: 3, Q8_0: 7, BF16: 32 };

/** Version of the layout of quantised blocks (ggml.h, GGML_QNT_VERSION). */
const quantizationVersion = 2;

/**
 * The metadata of a base model for a file of another format: everything that a GGUF file says, byte for byte, but what
 * tensors are stored as and aligned to; of a Hugging Face folder, what a GGUF file of it would say.
 */
export function exportedMetadata(base: BaseWeights | GgufFile, format: WritableFormat): Record<string, GgufValue> {
  const metadata: Record<string, GgufValue> = {};
  if ('encodedMetadata' in base) {
    for (const [key, value] of base.encodedMetadata) metadata[key] = { type: 'encoded', value };
  } else {
    for (const [key, value] of Object.entries(base.metadata)) metadata[key] = encodableValue(key, value, base.path);
  }
  // The writer aligns to GGUF's default.
  delete metadata['general.alignment'];
  metadata['general.file_type'] = { type: 'uint32', value: fileTypes[format] };
  metadata['general.quantization_version'] = { type: 'uint32', value: quantizationVersion };
  return metadata;
}

/** Keys whose numbers are float32 in GGUF files; all others are whole. */
const floatKey = /\.(?:freq_base|freq_base_swa|factor|scale|layer_norm_rms_epsilon|scores)$/;

/** A value with the type that llama.cpp reads it as. */
function encodableValue(key: string, value: unknown, file: string): GgufValue {
  const isFloat = floatKey.test(key);
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'number') return { type: isFloat ? 'float32' : 'uint32', value };
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return { type: 'string[]', value };
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) {
    return { type: isFloat ? 'float32[]' : 'int32[]', value };
  }
  throw new ExportError('export/not-representable', `the value of ${key} cannot be written`, { location: { file } });
}
