/** Field numbers of onnx.proto, as far as a model of one product needs them. */
const MODEL = { irVersion: 1, graph: 7, opsets: 8 };
const OPSET = { domain: 1, version: 2 };
const GRAPH = { nodes: 1, name: 2, initializers: 5, inputs: 11, outputs: 12 };
const NODE = { inputs: 1, outputs: 2, op: 4, attributes: 5, domain: 7 };
const ATTRIBUTE = { name: 1, integer: 3, type: 20 };
const TENSOR = { dims: 1, dtype: 2, name: 8, raw: 9 };
const VALUE = { name: 1, type: 2 };
/** onnx.proto's AttributeProto.INT. */
const INTEGER_ATTRIBUTE = 2;
/** onnx.proto's TensorProto.DataType. */
const DTYPES = { f32: 1, u8: 2 } as const;
const CONTRIB = "com.microsoft";

/** A constant tensor of a model. */
interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: keyof typeof DTYPES;
  readonly data: Uint8Array | Float32Array;
}

/** One operator with its constants: x [rows, inner] → y [rows, outputs]. */
export interface OnnxProduct {
  readonly op: string;
  /** True for one of ONNX Runtime's own operators. */
  readonly contrib: boolean;
  readonly attributes: Readonly<Record<string, number>>;
  readonly constants: readonly OnnxTensor[];
  readonly rows: number;
  readonly inner: number;
  readonly outputs: number;
}

/** Writes the bytes of an ONNX file with one operator. Source: onnx.proto and the protocol buffers' encoding. */
export function onnxModel(product: OnnxProduct): Uint8Array<ArrayBuffer> {
  const { op, contrib, attributes, constants, rows, inner, outputs } = product;
  const node = [
    ...["x", ...constants.map(({ name }) => name)].map((name) => text(NODE.inputs, name)),
    text(NODE.outputs, "y"),
    text(NODE.op, op),
    ...Object.entries(attributes).map(([name, value]) =>
      message(NODE.attributes, [
        text(ATTRIBUTE.name, name),
        integer(ATTRIBUTE.integer, value),
        integer(ATTRIBUTE.type, INTEGER_ATTRIBUTE),
      ])
    ),
    ...contrib ? [text(NODE.domain, CONTRIB)] : [],
  ];
  const graph = [
    message(GRAPH.nodes, node),
    text(GRAPH.name, op),
    ...constants.map((constant) => message(GRAPH.initializers, tensor(constant))),
    message(GRAPH.inputs, value("x", [rows, inner])),
    message(GRAPH.outputs, value("y", [rows, outputs])),
  ];
  return join([
    integer(MODEL.irVersion, 8),
    message(MODEL.graph, graph),
    message(MODEL.opsets, [text(OPSET.domain, ""), integer(OPSET.version, 17)]),
    message(MODEL.opsets, [text(OPSET.domain, CONTRIB), integer(OPSET.version, 1)]),
  ]);
}

function tensor({ name, shape, dtype, data }: OnnxTensor): Uint8Array[] {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [
    ...shape.map((size) => integer(TENSOR.dims, size)),
    integer(TENSOR.dtype, DTYPES[dtype]),
    text(TENSOR.name, name),
    bytes(TENSOR.raw, raw),
  ];
}

/** ValueInfoProto { TypeProto { Tensor { elem_type, TensorShapeProto { Dimension { dim_value } … } } } } of f32. */
function value(name: string, shape: readonly number[]): Uint8Array[] {
  const dimensions = shape.map((size) => message(1, [integer(1, size)]));
  return [text(VALUE.name, name), message(VALUE.type, [message(1, [integer(1, DTYPES.f32), message(2, dimensions)])])];
}

function varint(value: number): Uint8Array {
  const out: number[] = [];
  for (let left = value;; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...out, left]);
    out.push(left % 128 + 128);
  }
}

function integer(field: number, value: number): Uint8Array {
  return join([varint(field * 8), varint(value)]);
}

function bytes(field: number, content: Uint8Array): Uint8Array {
  return join([varint(field * 8 + 2), varint(content.byteLength), content]);
}

function text(field: number, content: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(content));
}

function message(field: number, parts: readonly Uint8Array[]): Uint8Array {
  return bytes(field, join(parts));
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}
