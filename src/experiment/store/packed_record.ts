import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { AttributionRecord } from "../../explain/record/record.ts";
import { joinBytes, type MatrixPrecision, packMatrix, unpackMatrix } from "./packed_matrix.ts";

/** Places of the matrices of a record, which are rounded and packed; everything else stays as its JSON has it. */
const MATRICES = [
  ["tokenAttribution"],
  ["units", "attribution"],
  ["prefix", "attribution"],
  ["prefix", "entryError"],
  ["sampling", "tokenStandardError"],
  ["completeness", "entryError"],
] as const satisfies readonly (readonly [string] | readonly [string, string])[];

/** Content of the first part: the record without its matrices, and their places and shapes. */
interface PackedJson {
  readonly record: unknown;
  readonly matrices: readonly (readonly [place: number, height: number, width: number])[];
  readonly precision: MatrixPrecision;
}

/** Packs a record: a part for its JSON and one for each of its matrices, each with its length before it. */
export function packRecord(record: AttributionRecord): Uint8Array {
  // A device of f64 computes to check the others: not a bit of it may go.
  const precision = record.device.backend === "reference" ? "f64" : "f32";
  let rest: unknown = record;
  const found: { place: number; rows: readonly (readonly number[])[] }[] = [];
  for (const [place, path] of MATRICES.entries()) {
    const rows = valueAt(record, path);
    if (!isMatrix(rows)) continue;
    found.push({ place, rows });
    rest = withValue(rest, path, null);
  }
  const json: PackedJson = {
    record: rest,
    matrices: found.map(({ place, rows }) => [place, rows.length, rows[0].length]),
    precision,
  };
  const parts = [
    deflateRawSync(new TextEncoder().encode(JSON.stringify(json))),
    ...found.map(({ rows }) => packMatrix(rows, precision)),
  ];
  return joinBytes(parts.flatMap((part) => [lengthBytes(part.length), part]));
}

/**
 * Reads a packed record, as its JSON would be read.
 *
 * @throws {Error} if the bytes are none
 */
export function unpackRecord(bytes: Uint8Array): unknown {
  const parts = partsOf(bytes);
  const json: PackedJson = JSON.parse(new TextDecoder().decode(inflateRawSync(parts[0])));
  return json.matrices.reduce(
    (record, [place, height, width], i) =>
      withValue(record, MATRICES[place], unpackMatrix(parts[i + 1], [height, width], json.precision)),
    json.record,
  );
}

function isMatrix(value: unknown): value is readonly (readonly number[])[] {
  if (!Array.isArray(value) || !Array.isArray(value[0]) || value[0].length === 0) return false;
  return value.every((row) => Array.isArray(row) && row.length === value[0].length);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((at: unknown, key) => (at as Record<string, unknown> | null | undefined)?.[key], value);
}

/** Returns a copy with another value at a path that is there; its keys keep their order. */
function withValue(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  const object = value as Record<string, unknown>;
  return { ...object, [key]: rest.length === 0 ? replacement : withValue(object[key], rest, replacement) };
}

function lengthBytes(length: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, length, true);
  return new Uint8Array(view.buffer);
}

function partsOf(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at, true);
    parts.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}
