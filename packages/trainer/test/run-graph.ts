import { Graph, Tape, type Tensor } from '../src/graph/index.js';
import { type GraphFeed, GraphSession } from '../src/local/graph-session.js';

/** Builds a graph of the given inputs, runs it once on one thread and returns its only output. */
export async function runGraph(
  inputs: Readonly<Record<string, GraphFeed>>,
  build: (tape: Tape) => Tensor,
): Promise<Float32Array> {
  const graph = new Graph();
  for (const [name, { shape, data }] of Object.entries(inputs)) {
    graph.input(name, data instanceof Float32Array ? 'float32' : 'int64', shape);
  }
  const tensor = build(new Tape(graph));
  graph.output(tensor, 'result', []);
  const session = await GraphSession.create(graph, { threads: 1 });
  try {
    return await session.run(inputs, ({ result }) => Float32Array.from(result!));
  } finally {
    await session.release();
  }
}
