import { createRequire } from 'node:module';
import { TooltuneError } from '@tooltune/sdk';
import type * as OnnxRuntime from 'onnxruntime-node';
import { chooseDevice, cudaGraph, type Device, type DeviceName, webgpuGraph } from '../device/index.js';
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
  /** Where it runs. Default: the processor. */
  device?: Device;
}

/** A graph loaded into onnxruntime. */
export class GraphSession {
  /** What runs it. */
  readonly device: DeviceName;
  readonly #session: OnnxRuntime.InferenceSession;

  private constructor(session: OnnxRuntime.InferenceSession, device: DeviceName) {
    this.#session = session;
    this.device = device;
  }

  /**
   * Loads a graph; the weights may be released afterwards. On a graphics card onnxruntime computes what its provider lacks
   * on the processor, and copies between them.
   * @throws TooltuneError `training/no-device` where a device that was named cannot be had; `training/device-failed` where
   * it works but does not take this graph
   */
  static async create(graph: Graph, { threads, device: asked = 'cpu' }: GraphSessionOptions): Promise<GraphSession> {
    const device = await chooseDevice(asked);
    // Ampere and later would round what they multiply to 10 bits (TF32); onnxruntime-node has no option for it.
    if (device === 'cuda') process.env.NVIDIA_TF32_OVERRIDE ??= '0';
    const { model, externalData } = writeOnnxModel(forDevice(graph, device));
    const creation = onnxRuntime.InferenceSession.create(model, {
      executionProviders: [device],
      externalData,
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Nothing is folded, merged or moved: blocks stay quantised, and what is to be made again is made again.
      graphOptimizationLevel: 'disabled',
      // Shapes change from pass to pass; a pattern for each would only keep memory.
      enableMemPattern: false,
      logSeverityLevel: 3,
    });
    if (device === 'cpu') return new GraphSession(await creation, device);
    const session = await creation.catch((error: Error) => {
      const message = `${device} cannot load this model: ${error.message.trim()}; train with the device cpu`;
      throw new TooltuneError('training/device-failed', message, { cause: error });
    });
    return new GraphSession(session, device);
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

/** The graph as a device takes it. */
function forDevice(graph: Graph, device: DeviceName): Graph {
  if (device === 'cpu') return graph;
  return device === 'cuda' ? cudaGraph(graph) : webgpuGraph(graph);
}
