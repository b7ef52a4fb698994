/** Writes all of the data, in as many parts as the stream takes. */
export function write(stream: { writeSync(bytes: Uint8Array): number }, data: string | Uint8Array): void {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
}
