import {
  ELEMENT_TYPES,
  type OnnxAttribute,
  type OnnxConstant,
  type OnnxModel,
  type OnnxNode,
  type OnnxPort,
  OPERATOR_SETS,
  splitOperator,
} from "./onnx_model.ts";

// The version of the file format that belongs to the operator set.
const IR_VERSION = 10;

/** The bytes of a model, in ONNX's protobuf format (onnx.proto3). */
export function encodeModel({ nodes, constants, inputs, outputs }: OnnxModel): Uint8Array<ArrayBuffer> {
  const graph = message([
    ...nodes.map((node, i) => bytesField(1, nodeMessage(node, i))),
    textField(2, "graph"),
    ...constants.map((constant) => bytesField(5, constantMessage(constant))),
    ...inputs.map((port) => bytesField(11, portMessage(port))),
    ...outputs.map((port) => bytesField(12, portMessage(port))),
  ]);
  const sets = Object.entries(OPERATOR_SETS).map(([domain, version]) =>
    bytesField(8, message([textField(1, domain), integerField(2, version)]))
  );
  return message([integerField(1, IR_VERSION), bytesField(7, graph), ...sets]);
}

function nodeMessage({ op, inputs, outputs, attributes }: OnnxNode, index: number): Uint8Array {
  const [domain, name] = splitOperator(op);
  return message([
    ...inputs.map((input) => textField(1, input ?? "")),
    ...outputs.map((output) => textField(2, output)),
    // Names must differ.
    textField(3, String(index)),
    textField(4, name),
    ...Object.entries(attributes).map(([key, value]) => bytesField(5, attributeMessage(key, value))),
    textField(7, domain),
  ]);
}

/** Numbers of AttributeProto.AttributeType. */
const ATTRIBUTE_TYPES = { float: 1, integer: 2, integers: 7 };

function attributeMessage(name: string, value: OnnxAttribute): Uint8Array {
  const parts = typeof value === "number"
    ? [integerField(3, value), integerField(20, ATTRIBUTE_TYPES.integer)]
    : "float" in value
    ? [floatField(2, value.float), integerField(20, ATTRIBUTE_TYPES.float)]
    : [...value.map((one) => integerField(8, one)), integerField(20, ATTRIBUTE_TYPES.integers)];
  return message([textField(1, name), ...parts]);
}

function constantMessage({ name, type, shape, values }: OnnxConstant): Uint8Array {
  const raw = type === "f32" ? Float32Array.from(values) : BigInt64Array.from(values, BigInt);
  return message([
    ...shape.map((n) => integerField(1, n)),
    integerField(2, ELEMENT_TYPES[type]),
    textField(8, name),
    bytesField(9, new Uint8Array(raw.buffer)),
  ]);
}

function portMessage({ name, type }: OnnxPort): Uint8Array {
  const tensor = message([integerField(1, ELEMENT_TYPES[type])]);
  return message([textField(1, name), bytesField(2, message([bytesField(1, tensor)]))]);
}

// Wire types of protobuf.
const VARINT = 0;
const LENGTH = 2;
const FIXED32 = 5;

const encoder = new TextEncoder();

function integerField(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field << 3 | VARINT), ...varint(value)]);
}

function floatField(field: number, value: number): Uint8Array {
  return message([Uint8Array.from(varint(field << 3 | FIXED32)), new Uint8Array(Float32Array.of(value).buffer)]);
}

function textField(field: number, text: string): Uint8Array {
  return bytesField(field, encoder.encode(text));
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return message([Uint8Array.from([...varint(field << 3 | LENGTH), ...varint(bytes.length)]), bytes]);
}

/** An integer by groups of 7 bits, the lowest first; negative ones as 64-bit two's complements. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return [...bytes, Number(left)];
}

function message(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
