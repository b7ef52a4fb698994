import { inflateRawSync } from "node:zlib";

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/**
 * The content of one entry of a zip archive, such as a wheel.
 *
 * Source: PKWARE's APPNOTE.TXT, 4.3.
 *
 * @throws {SyntaxError} if the archive is malformed
 * @throws {RangeError} if it has no such entry
 */
export function readZipEntry(archive: Uint8Array, name: string): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  for (let i = 0, at = view.getUint32(end + 16, true); i < count; i++) {
    if (view.getUint32(at, true) !== ENTRY_SIGNATURE) {
      throw new SyntaxError(`Cannot read zip as entry ${i} must start with its signature: got another at byte ${at}`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const found = new TextDecoder().decode(archive.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength));
    if (found === name) return extract(archive, view, at);
    at += ENTRY_BYTES + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  throw new RangeError(`Cannot read ${name} as it must be in the zip: got no such entry among ${count}`);
}

/** Position of the end record, which an archive comment may follow. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at;
  }
  throw new SyntaxError(`Cannot read zip as it must have an end record: got none in ${view.byteLength} bytes`);
}

function extract(archive: Uint8Array, view: DataView, entry: number): Uint8Array {
  const method = view.getUint16(entry + 10, true);
  const size = view.getUint32(entry + 20, true);
  const local = view.getUint32(entry + 42, true);
  const start = local + LOCAL_BYTES + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const content = archive.subarray(start, start + size);
  if (method === STORED) return content;
  if (method === DEFLATED) return inflateRawSync(content);
  throw new SyntaxError(`Cannot read zip as an entry must be stored or deflated: got method ${method}`);
}
