import { createRandom, TooltuneError } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { runGraph } from '../../test/run-graph.js';
import { microsoftDomain } from '../graph/graph.js';
import { Graph } from '../graph/index.js';
import { GraphSession } from '../local/graph-session.js';
import { unpackBlockTensor } from '../model/formats/index.js';
import { quantize } from '../model/quantize.js';
import { cudaGraph } from './cuda-graph.js';
import { chooseDevice, type DeviceName, deviceNames } from './device.js';
import { type DeviceProbe, probeDevice } from './probe-device.js';
import { webgpuGraph } from './webgpu-graph.js';

/** A machine that has these devices. */
const having =
  (...devices: DeviceName[]) =>
  async (device: DeviceName): Promise<DeviceProbe> =>
    devices.includes(device) ? { works: true } : { works: false, reason: `there is no ${device} here` };

describe('the choice of a device', () => {
  it.each<[DeviceName, DeviceName[]]>([
    ['cuda', ['cpu', 'webgpu', 'cuda']],
    ['webgpu', ['cpu', 'webgpu']],
    ['cpu', ['cpu']],
  ])('takes %s of %j', async (best, devices) => {
    expect(await chooseDevice('auto', having(...devices))).toBe(best);
  });

  it('takes the one that is named', async () => {
    for (const device of deviceNames) expect(await chooseDevice(device, having(...deviceNames))).toBe(device);
  });

  it.each(['webgpu', 'cuda'] as const)('says why %s cannot be had, and what to do', async (device) => {
    const error = await chooseDevice(device, having('cpu')).catch((thrown: unknown) => thrown);
    expect(TooltuneError.isInstance(error) && error.code).toBe('training/no-device');
    expect((error as Error).message).toContain(`there is no ${device} here`);
    expect((error as Error).message).toContain('it needs');
  });
});

describe('a session', () => {
  it('runs on the processor unless told otherwise', async () => {
    const graph = new Graph();
    graph.output(graph.node('Neg', [graph.input('x', 'float32', [1])]), 'y', [1]);
    const session = await GraphSession.create(graph, { threads: 1 });
    expect(session.device).toBe('cpu');
    await session.release();
  });

  it.each(['webgpu', 'cuda'] as const)('runs on %s, or is refused', async (device) => {
    const graph = new Graph();
    graph.output(graph.node('Neg', [graph.input('x', 'float32', [1])]), 'y', [1]);
    const { works } = await probeDevice(device);
    const session = await GraphSession.create(graph, { threads: 1, device }).catch((error: Error) => error);
    if (session instanceof Error) {
      expect(works).toBe(false);
      expect(session).toMatchObject({ code: 'training/no-device' });
    } else {
      expect(works).toBe(true);
      expect(session.device).toBe(device);
      await session.release();
    }
  });
});

describe('a graph for WebGPU', () => {
  it('computes the inverse deviation of SimplifiedLayerNormalization apart', async () => {
    const x = { data: Float32Array.of(1, 2, 3, 4, 5, 7), shape: [2, 3] };
    const weight = { data: Float32Array.of(1, 1, 1), shape: [3] };
    const inverse = (adapt: (graph: Graph) => void) =>
      runGraph({ x, weight }, ({ graph }) => {
        const attributes = { axis: -1, epsilon: { float: 0.5 }, stash_type: 1 };
        const outputs = graph.nodeWithOutputs('SimplifiedLayerNormalization', ['x', 'weight'], 2, { attributes });
        adapt(graph);
        return outputs[1]!;
      });
    const expected = await inverse(() => {});
    const actual = await inverse((graph) => {
      adaptInPlace(graph);
      expect(graph.nodes.every(({ outputs }) => outputs.length === 1)).toBe(true);
    });
    expect(actual).toHaveLength(2);
    actual.forEach((value, row) => {
      expect(value).toBeCloseTo(expected[row]!, 6);
    });
  });

  it.each([
    { rank: 3, transA: 0, transB: 1, alpha: { float: 0.25 } },
    { rank: 4, transA: 1, transB: 0, alpha: { float: 0.5 } },
    { rank: 4, transA: 1, transB: 1 },
    { rank: 3 },
  ])('multiplies as FusedMatMul does: %j', async ({ rank, ...attributes }) => {
    const random = createRandom(3);
    const leading = rank === 4 ? [2, 3] : [6];
    const matrix = (rows: number, columns: number, isTurned: number | undefined) => ({
      data: Float32Array.from({ length: 6 * rows * columns }, () => random.normal()),
      shape: [...leading, ...(isTurned === 1 ? [columns, rows] : [rows, columns])],
    });
    const inputs = { a: matrix(4, 5, attributes.transA), b: matrix(5, 7, attributes.transB) };
    const product = (adapt: (graph: Graph) => void) =>
      runGraph(inputs, ({ graph }) => {
        const y = graph.node('FusedMatMul', ['a', 'b'], { domain: microsoftDomain, attributes, rank });
        adapt(graph);
        return y;
      });
    const expected = await product(() => {});
    const actual = await product((graph) => {
      adaptInPlace(graph);
      expect(graph.nodes.map(({ operator }) => operator)).not.toContain('FusedMatMul');
    });
    expect(actual).toHaveLength(6 * 4 * 7);
    actual.forEach((value, place) => {
      expect(value).toBeCloseTo(expected[place]!, 5);
    });
  });
});

function adaptInPlace(graph: Graph): void {
  const adapted = webgpuGraph(graph);
  graph.nodes.splice(0, graph.nodes.length, ...adapted.nodes);
  for (const [name, initializer] of adapted.initializers) graph.initializers.set(name, initializer);
}

describe('a graph for CUDA', () => {
  it.each(['Q8_0', 'Q4_0', 'Q4_1'] as const)('expands blocks of %s by other operators', async (format) => {
    const shape = [6, 512];
    const random = createRandom(5);
    const data = Float32Array.from({ length: 6 * 512 }, () => random.normal());
    const matrix = unpackBlockTensor(format, quantize(format, data), shape);
    const graph = new Graph();
    graph.blockMatrix('matrix', matrix);
    graph.blockTable('table', matrix);
    graph.output(graph.matrix('matrix'), 'all', shape);
    graph.output(graph.pickRows('table', graph.integers([4, 1])), 'picked', [2, 512]);
    graph.output(graph.matrixRows('table', 2, 5), 'rows', [3, 512]);
    const adapted = cudaGraph(graph);
    expect(adapted.nodes.map(({ operator }) => operator)).not.toContain('DequantizeLinear');
    const [expected, actual] = await Promise.all([graph, adapted].map(runOnProcessor));
    expect(expected!.all).toHaveLength(6 * 512);
    expect(actual).toEqual(expected);
  });
});

async function runOnProcessor(graph: Graph) {
  const session = await GraphSession.create(graph, { threads: 1 });
  const copy = (outputs: Readonly<Record<string, Float32Array>>) =>
    Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, [...values]]));
  return session.run({}, copy).finally(() => session.release());
}
