import { describe, expect, it } from 'vitest';
import { Graph } from './graph.js';
import { add, rmsNorm } from './operators/index.js';
import { Tape } from './tape.js';

describe('Tape', () => {
  it('adds nothing to the graph for what no parameter reaches', () => {
    const graph = new Graph();
    const tape = new Tape(graph);
    graph.input('x', 'float32', [2, 3]);
    graph.input('weight', 'float32', [3]);
    const y = rmsNorm(tape, 'x', 'weight', 1e-5);
    const forward = graph.nodes.length;
    tape.backward();
    expect(graph.nodes).toHaveLength(forward);
    expect(tape.requiresGradient(y)).toBe(false);
    expect(() => tape.gradient('x')).toThrow(/no gradient reaches x/);
  });

  it('gives a gradient to parameters alone', () => {
    const graph = new Graph();
    const tape = new Tape(graph);
    graph.input('frozen', 'float32', [2]);
    tape.parameter(graph.input('trained', 'float32', [2]));
    const sum = add(tape, 'frozen', 'trained');
    tape.record(['loss'], [sum], () => tape.accumulate(sum, graph.zeros([2])));
    tape.backward();
    expect(tape.gradient('trained')).toBe(graph.zeros([2]));
    expect(() => tape.gradient('frozen')).toThrow(/no gradient/);
  });
});
