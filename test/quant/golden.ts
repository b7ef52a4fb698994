/** Reads what test/golden/quant.py froze. */

const DIRECTORY = new URL("../golden/quant/", import.meta.url);

/** Path of a file in test/golden/quant. */
export function goldenPath(name: string): string {
  return new URL(name, DIRECTORY).pathname;
}

export function readGolden<T>(name: string): T {
  return JSON.parse(Deno.readTextFileSync(new URL(name, DIRECTORY))) as T;
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(base64);
}

export function f32Of(base64: string): Float32Array<ArrayBuffer> {
  return new Float32Array(bytesOf(base64).buffer);
}

export function u16Of(base64: string): Uint16Array<ArrayBuffer> {
  return new Uint16Array(bytesOf(base64).buffer);
}

/** Bit patterns, so that −0 differs from 0 and a NaN equals itself. */
export function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}

export async function sha256Of(values: ArrayBufferView<ArrayBuffer>): Promise<string> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
