import { createRequire } from 'node:module';
import type * as OnnxRuntime from 'onnxruntime-node';
import type { Graph } from '../graph/index.js';
import { writeOnnxModel } from '../graph/index.js';

// onnxruntime-node is CommonJS; its types have no default export to import.
const onnxRuntime = createRequire(import.meta.url)('onnxruntime-node') as typeof OnnxRuntime;

type TensorData = Float32Array | BigInt64Array;

/** A named array with its shape. */
export interface GraphFeed {
  data: TensorData;
  shape: readonly number[];
}

export interface GraphSessionOptions {
  /** Processor threads; the same number gives the same bits. */
  threads: number;
}

/** A graph loaded into onnxruntime. */
export class GraphSession {
  readonly #session: OnnxRuntime.InferenceSession;

  private constructor(session: OnnxRuntime.InferenceSession) {
    this.#session = session;
  }

  /** Loads a graph on the processor; the weights may be released afterwards. */
  static async create(graph: Graph, options: GraphSessionOptions): Promise<GraphSession> {
    const { model, externalData } = writeOnnxModel(graph);
    const session = await onnxRuntime.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      externalData,
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      // Nothing is folded, merged or moved: blocks stay quantised, and what is to be made again is made again.
      graphOptimizationLevel: 'disabled',
      // Shapes change from pass to pass; a pattern for each would only keep memory.
      enableMemPattern: false,
      logSeverityLevel: 3,
    });
    return new GraphSession(session);
  }

  /**
   * Runs the graph. `use` reads the outputs, which are released when it returns.
   * @throws whatever onnxruntime throws, for a feed that is missing or of a wrong shape
   */
  async run<T>(
    feeds: Readonly<Record<string, GraphFeed>>,
    use: (outputs: Readonly<Record<string, Float32Array>>) => T,
  ): Promise<T> {
    const tensors: Record<string, OnnxRuntime.Tensor> = {};
    for (const [name, { data, shape }] of Object.entries(feeds)) {
      tensors[name] =
        data instanceof Float32Array
          ? new onnxRuntime.Tensor('float32', data, shape)
          : new onnxRuntime.Tensor('int64', data, shape);
    }
    const results = await this.#session.run(tensors);
    const outputs: Record<string, Float32Array> = {};
    for (const [name, tensor] of Object.entries(results)) outputs[name] = tensor.data as Float32Array;
    try {
      return use(outputs);
    } finally {
      for (const tensor of Object.values(results)) tensor.dispose();
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
