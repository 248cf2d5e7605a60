import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { integers } from '../../test/check-gradients.js';
import { runGraph } from '../../test/run-graph.js';
import type { Graph, Tensor } from './graph.js';
import type { BlockMatrix, CodebookMatrix, QuantizedMatrix } from './quantized-matrix.js';

const rows = 6;
const columns = 64;

interface RandomMatrix {
  matrix: QuantizedMatrix;
  /** What it stands for. */
  values: number[];
}

/** A matrix of random codes. */
function randomBlocks({ bits, signed, minimums }: { bits: 4 | 8; signed: boolean; minimums: boolean }): RandomMatrix {
  const random = createRandom(bits + (signed ? 1 : 0));
  const blockSize = 32;
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const codes = Array.from({ length: rows * columns }, () => random.integer(low, low + 2 ** bits - 1));
  const draw = () => Float32Array.from({ length: (rows * columns) / blockSize }, () => random.normal());
  const matrix: BlockMatrix = {
    ...{ shape: [rows, columns], bits, signed, blockSize, scales: draw(), minimums: minimums ? draw() : null },
    values:
      bits === 8
        ? Uint8Array.from(codes)
        : Uint8Array.from(
            { length: codes.length / 2 },
            (_, at) => (codes[at * 2]! & 15) | ((codes[at * 2 + 1]! & 15) << 4),
          ),
  };
  const values = codes.map((code, at) => {
    const block = Math.floor(at / blockSize);
    // A zero of either sign is zero.
    return Math.fround(Math.fround(code * matrix.scales[block]!) - (matrix.minimums?.[block] ?? 0)) + 0;
  });
  return { matrix, values };
}

/** A matrix of random codes of a random codebook. */
function randomCodes(blockSize: number): RandomMatrix {
  const random = createRandom(blockSize);
  const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
  const codes = Array.from({ length: rows * columns }, () => random.integer(0, 15));
  const matrix: CodebookMatrix = {
    ...{ shape: [rows, columns], blockSize, codebook: draw(16), scales: draw((rows * columns) / blockSize) },
    codes: Uint8Array.from({ length: codes.length / 2 }, (_, at) => codes[at * 2]! | (codes[at * 2 + 1]! << 4)),
  };
  const values = codes.map((code, at) =>
    Math.fround(matrix.codebook[code]! * matrix.scales[Math.floor(at / blockSize)]!),
  );
  return { matrix, values };
}

/** What a graph makes of the matrix; the sum with an input keeps it from being a constant. */
async function read(use: (graph: Graph) => Tensor): Promise<number[]> {
  const inputs = {
    zero: { shape: [1], data: Float32Array.of(0) },
    picked: integers([3], [4, 0, 4]),
    none: integers([0], []),
  };
  return [...(await runGraph(inputs, ({ graph }) => graph.node('Add', [use(graph), 'zero'])))];
}

describe.each<[string, () => RandomMatrix]>([
  ['unsigned codes of 4 bits with minimums', () => randomBlocks({ bits: 4, signed: false, minimums: true })],
  ['signed codes of 4 bits', () => randomBlocks({ bits: 4, signed: true, minimums: false })],
  ['unsigned codes of 8 bits with minimums', () => randomBlocks({ bits: 8, signed: false, minimums: true })],
  ['signed codes of 8 bits', () => randomBlocks({ bits: 8, signed: true, minimums: false })],
  ['codes of a codebook', () => randomCodes(64)],
  ['codes of a codebook in small blocks', () => randomCodes(4)],
])('a matrix kept as %s', (_what, random) => {
  it('expands to its values', async () => {
    const { matrix, values } = random();
    expect(await read((graph) => graph.matrix(graph.blockMatrix('w', matrix)))).toEqual(values);
  });

  it('gives a run of rows', async () => {
    const { matrix, values } = random();
    const expected = values.slice(2 * columns, 5 * columns);
    expect(await read((graph) => graph.matrixRows(graph.blockTable('w', matrix), 2, 5))).toEqual(expected);
  });

  it('gives picked rows, or none', async () => {
    const { matrix, values } = random();
    const row = (at: number) => values.slice(at * columns, (at + 1) * columns);
    const pick = (rows: string) => read((graph) => graph.pickRows(graph.blockTable('w', matrix), rows));
    expect(await pick('picked')).toEqual([...row(4), ...row(0), ...row(4)]);
    expect(await pick('none')).toEqual([]);
  });
});
