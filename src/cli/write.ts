import { boundedText } from "../report/text/bounded_text.ts";
import { writePlain } from "../files/plain_file.ts";
import { onFile } from "../files/system_error.ts";
import { terminalText } from "../report/text/terminal_text.ts";

/** Stream of the process. */
interface Output {
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

/** Writes a text. Texts of files, models and hubs may be in it, so control characters are shown, not obeyed. */
export function write(stream: Output, text: string): void {
  writeBytes(stream, new TextEncoder().encode(terminalText(text)));
}

/** Writes what programs read, as JSON, CSV or a picture, unchanged; as text if people read it on a terminal. */
export function writeData(stream: Output, data: string | Uint8Array): void {
  if (typeof data !== "string") writeBytes(stream, data);
  else if (stream.isTerminal()) write(stream, data);
  else writeBytes(stream, new TextEncoder().encode(data));
}

/** Writes a result to the file that --out names, or to standard output, as a text or as what programs read. */
export async function writeResult(
  rendered: string | Uint8Array,
  { out, isText }: { readonly out: string | undefined; readonly isText: boolean },
): Promise<void> {
  if (out !== undefined) await writePlain(out, rendered);
  else if (isText) write(Deno.stdout, rendered as string);
  else writeData(Deno.stdout, rendered);
}

/** Writes a hint to stderr. */
export function writeHint(sentence: string): void {
  write(Deno.stderr, `hint: ${boundedText(sentence)}\n`);
}

/** The reader of an output has gone, as `head` does: nobody misses what is left. */
export class ClosedOutput extends Error {
  override name = "ClosedOutput";
}

/** Writes all of the bytes, in as many parts as the stream takes. */
function writeBytes(stream: Output, bytes: Uint8Array): void {
  try {
    onFile("write", "the output", () => {
      for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
    });
  } catch (error) {
    throw error instanceof Deno.errors.BrokenPipe ? new ClosedOutput() : error;
  }
}
