import { createRandom, type Random } from '@tooltune/sdk';
import { Graph, Tape, type Tensor } from '../src/graph/index.js';
import { type GraphFeed, GraphSession } from '../src/local/graph-session.js';

/** A differentiable input of the operator under test. */
export interface Values {
  shape: readonly number[];
  data: Float32Array;
}

export interface GradientCheck {
  /** Inputs whose gradients are checked, by name. */
  inputs: Readonly<Record<string, Values>>;
  /** Inputs without a gradient: fed as they are. */
  constants?: Readonly<Record<string, GraphFeed>>;
  /**
   * Builds the operator. Gives the tensors whose random projection is the loss, or, for an operator that seeds the
   * backward pass itself, the scalar loss.
   */
  build: (tape: Tape) => readonly OutputTensor[] | { loss: Tensor };
  seed?: number;
}

export interface OutputTensor {
  tensor: Tensor;
  shape: readonly number[];
}

/** Random directions along which each input is moved. */
const directions = 8;
/** Longest step of the central differences; the steps are halved once and extrapolated (Richardson 1911). */
const stepSize = 0.04;

/**
 * Compares an operator's backward rule with finite differences: along random directions, for each input on its own.
 * @returns for each input the largest error of a directional derivative, relative to the gradient's norm. A right rule
 * stays below 1e-3 in float32; one whose gradient is wrong by a share s gives about s.
 */
export async function gradientErrors(check: GradientCheck): Promise<Record<string, number>> {
  return withProjectedLoss(check, async ({ random, gradients, loss }) => {
    const errors: Record<string, number> = {};
    for (const [name, { shape, data }] of Object.entries(check.inputs)) {
      const gradient = gradients[name]!;
      const norm = Math.sqrt(dot(gradient, gradient));
      let worst = norm > 0 ? 0 : Number.POSITIVE_INFINITY;
      for (let count = 0; count < directions; count++) {
        const direction = normals(random, data.length);
        const moved = (step: number) => {
          const values = data.map((value, index) => value + step * direction[index]!);
          return loss({ ...check.inputs, [name]: { shape, data: values } });
        };
        const difference = async (step: number) => ((await moved(step)) - (await moved(-step))) / (2 * step);
        const numeric = (4 * (await difference(stepSize / 2)) - (await difference(stepSize))) / 3;
        worst = Math.max(worst, Math.abs(numeric - dot(gradient, direction)) / norm);
      }
      errors[name] = worst;
    }
    return errors;
  });
}

/** The gradients of each input that the backward rule gives, for the same random projection every time. */
export function gradientValues(check: GradientCheck): Promise<Record<string, Float32Array>> {
  return withProjectedLoss(check, async ({ gradients }) => gradients);
}

interface ProjectedLoss {
  random: Random;
  gradients: Readonly<Record<string, Float32Array>>;
  loss: (inputs: GradientCheck['inputs']) => Promise<number>;
}

/** Builds the operator with a random projection of its outputs as the loss, and runs it once. */
async function withProjectedLoss<T>(check: GradientCheck, use: (of: ProjectedLoss) => Promise<T>): Promise<T> {
  const random = createRandom(check.seed ?? 1);
  const graph = new Graph();
  const tape = new Tape(graph);
  for (const [name, { shape }] of Object.entries(check.inputs)) {
    tape.parameter(graph.input(name, 'float32', shape));
  }
  for (const [name, { shape, data }] of Object.entries(check.constants ?? {})) {
    graph.input(name, data instanceof Float32Array ? 'float32' : 'int64', shape);
  }
  const built = check.build(tape);
  const outputs = 'loss' in built ? [{ tensor: built.loss, shape: [] }] : built;
  const projections = outputs.map(({ shape }) => ('loss' in built ? Float32Array.of(1) : normals(random, size(shape))));
  if (!('loss' in built)) {
    const seeds = outputs.map(({ tensor, shape }, index) => ({
      tensor,
      seed: graph.initializer(`projection.${index}`, 'float32', shape, projections[index]!),
    }));
    tape.record(
      ['projected loss'],
      outputs.map(({ tensor }) => tensor),
      () => {
        for (const { tensor, seed } of seeds) tape.accumulate(tensor, seed);
      },
    );
  }
  tape.backward();
  outputs.forEach(({ tensor, shape }, index) => {
    graph.output(tensor, `output.${index}`, shape);
  });
  for (const [name, { shape }] of Object.entries(check.inputs)) {
    graph.output(tape.gradient(name), `gradient.${name}`, shape);
  }

  const session = await GraphSession.create(graph, { threads: 1 });
  try {
    const constants = check.constants ?? {};
    const loss = (inputs: GradientCheck['inputs']) =>
      session.run({ ...constants, ...inputs }, (results) =>
        projections.reduce((sum, projection, index) => sum + dot(results[`output.${index}`]!, projection), 0),
      );
    const gradients = await session.run({ ...constants, ...check.inputs }, (results) =>
      Object.fromEntries(
        Object.keys(check.inputs).map((name) => [name, Float32Array.from(results[`gradient.${name}`]!)]),
      ),
    );
    return await use({ random, gradients, loss });
  } finally {
    await session.release();
  }
}

/** Standard normal values of a shape. */
export function randomValues(random: Random, shape: readonly number[], scale = 1): Values {
  return { shape, data: normals(random, size(shape)).map((value) => value * scale) };
}

/** An int64 input. */
export function integers(shape: readonly number[], values: readonly number[]): GraphFeed {
  return { shape, data: BigInt64Array.from(values, BigInt) };
}

function normals(random: Random, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

function size(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** In double precision, so that only the operator's own rounding is seen. */
function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
