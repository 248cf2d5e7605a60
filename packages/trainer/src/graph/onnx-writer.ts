import protobuf from 'protobufjs/minimal.js';
import { arrayBytes } from '../array-bytes.js';
import {
  type Attribute,
  elementType,
  type Graph,
  type GraphInitializer,
  type GraphNode,
  type GraphValue,
} from './graph.js';

type Writer = protobuf.Writer;

/** Wire types of protocol buffers. */
const varint = 0;
const lengthDelimited = 2;
const fixed32 = 5;

/** AttributeProto.AttributeType. */
const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** Weights of at least this many bytes are written beside the model, not into it: protocol buffers end at 2 GiB. */
const externalFromBytes = 1024;

export interface OnnxModel {
  /** The serialised ModelProto. */
  model: Uint8Array;
  /** Large weights, as onnxruntime's `externalData` session option takes them. */
  externalData: { path: string; data: Uint8Array }[];
}

/**
 * Serialises a graph as an ONNX model (IR version 10, opset 21). Nodes that no output needs are left out.
 * Field numbers are those of onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */
export function writeOnnxModel(graph: Graph): OnnxModel {
  const externalData: OnnxModel['externalData'] = [];
  const writer = protobuf.Writer.create();
  integerField(writer, 1, 10);
  stringField(writer, 2, 'tooltune');
  message(writer, 7, () => {
    for (const node of neededNodes(graph)) message(writer, 1, () => writeNode(writer, node));
    stringField(writer, 2, 'tooltune');
    for (const initializer of graph.initializers.values()) {
      message(writer, 5, () => writeInitializer(writer, initializer, externalData));
    }
    for (const value of graph.inputs) message(writer, 11, () => writeValue(writer, value));
    for (const value of graph.outputs) message(writer, 12, () => writeValue(writer, value));
  });
  for (const [domain, version] of [
    ['', 21],
    ['com.microsoft', 1],
  ] as const) {
    message(writer, 8, () => {
      stringField(writer, 1, domain);
      integerField(writer, 2, version);
    });
  }
  return { model: writer.finish(), externalData };
}

/** onnxruntime computes every node it is given, and keeps its inputs until then. */
function neededNodes({ nodes, outputs }: Graph): GraphNode[] {
  const needed = new Set(outputs.map(({ name }) => name));
  // Nodes stand in the order they run: what a node needs stands before it.
  return nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((output) => needed.has(output))) return false;
      for (const input of node.inputs) needed.add(input);
      return true;
    })
    .reverse();
}

function writeNode(writer: Writer, node: GraphNode): void {
  for (const input of node.inputs) stringField(writer, 1, input);
  for (const output of node.outputs) stringField(writer, 2, output);
  stringField(writer, 3, node.name);
  stringField(writer, 4, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) {
    message(writer, 5, () => writeAttribute(writer, name, value));
  }
  if (node.domain !== '') stringField(writer, 7, node.domain);
}

function writeAttribute(writer: Writer, name: string, value: Attribute): void {
  stringField(writer, 1, name);
  if (typeof value === 'number') {
    integerField(writer, 3, value);
    integerField(writer, 20, attributeType.int);
  } else if (typeof value === 'string') {
    stringField(writer, 4, value);
    integerField(writer, 20, attributeType.string);
  } else if (isFloat(value)) {
    writer.uint32((2 << 3) | fixed32).float(value.float);
    integerField(writer, 20, attributeType.float);
  } else {
    for (const item of value) integerField(writer, 8, item);
    integerField(writer, 20, attributeType.ints);
  }
}

function isFloat(value: Attribute): value is { float: number } {
  return typeof value === 'object' && 'float' in value;
}

function writeInitializer(
  writer: Writer,
  initializer: GraphInitializer,
  externalData: OnnxModel['externalData'],
): void {
  const { data } = initializer;
  const bytes = arrayBytes(data);
  for (const dimension of initializer.shape) integerField(writer, 1, dimension);
  integerField(writer, 2, elementType[initializer.type]);
  stringField(writer, 8, initializer.name);
  if (bytes.length < externalFromBytes) {
    writer.uint32((9 << 3) | lengthDelimited).bytes(bytes);
    return;
  }
  externalData.push({ path: initializer.name, data: bytes });
  for (const [key, value] of [
    ['location', initializer.name],
    ['offset', '0'],
    ['length', String(bytes.length)],
  ] as const) {
    message(writer, 13, () => {
      stringField(writer, 1, key);
      stringField(writer, 2, value);
    });
  }
  integerField(writer, 14, 1);
}

function writeValue(writer: Writer, value: GraphValue): void {
  stringField(writer, 1, value.name);
  message(writer, 2, () =>
    message(writer, 1, () => {
      integerField(writer, 1, elementType[value.type]);
      message(writer, 2, () => {
        for (const dimension of value.shape) {
          message(writer, 1, () => {
            if (typeof dimension === 'number') integerField(writer, 1, dimension);
            else stringField(writer, 2, dimension);
          });
        }
      });
    }),
  );
}

function message(writer: Writer, field: number, body: () => void): void {
  writer.uint32((field << 3) | lengthDelimited).fork();
  body();
  writer.ldelim();
}

function stringField(writer: Writer, field: number, value: string): void {
  writer.uint32((field << 3) | lengthDelimited).string(value);
}

function integerField(writer: Writer, field: number, value: number): void {
  writer.uint32((field << 3) | varint).int64(value);
}
