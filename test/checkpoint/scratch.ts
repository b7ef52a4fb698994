import { join } from "node:path";

/** A tensor to write: dtype of the format, shape and little-endian bytes. */
export interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** The bytes of a safetensors file with this header, valid or not, before this data. */
export function safetensorsBytes(header: unknown, data: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

/** The bytes of a valid safetensors file. */
export function safetensorsOf(tensors: Readonly<Record<string, Stored>>): Uint8Array {
  const header: Record<string, unknown> = {};
  const chunks: Uint8Array[] = [];
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    chunks.push(bytes);
    end += bytes.length;
  }
  const data = new Uint8Array(end);
  let at = 0;
  for (const chunk of chunks) {
    data.set(chunk, at);
    at += chunk.length;
  }
  return safetensorsBytes(header, data);
}

/** Writes a valid safetensors file. */
export function writeSafetensors(path: string, tensors: Readonly<Record<string, Stored>>): void {
  Deno.writeFileSync(path, safetensorsOf(tensors));
}

/** Writes `config.json` with these keys. */
export function writeConfig(directory: string, config: Readonly<Record<string, unknown>> = {}): void {
  Deno.writeTextFileSync(join(directory, "config.json"), JSON.stringify(config));
}

/** An f32 tensor to write. */
export function f32(shape: readonly number[], values: readonly number[]): Stored {
  return { dtype: "F32", shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}
