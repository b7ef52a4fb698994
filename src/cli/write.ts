import { boundedText } from "../report/text/bounded_text.ts";
import { writePlain } from "../files/plain_file.ts";
import { onFile } from "../files/system_error.ts";
import { hasColors } from "./output/terminal.ts";
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

/** A colour on or off, as tables have them. */
// deno-lint-ignore no-control-regex -- that is what a colour is
const COLOUR = /(\x1b\[[\d;]*m)/;

/** Writes a text of ours in colours. Texts of others in it have been made harmless; all but colours is shown. */
function writeColoured(stream: Output, text: string): void {
  const parts = text.split(COLOUR).map((part, i) => i % 2 === 1 ? part : terminalText(part));
  writeBytes(stream, new TextEncoder().encode(parts.join("")));
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
  { out, isText, coloured = false }: {
    readonly out: string | undefined;
    readonly isText: boolean;
    readonly coloured?: boolean;
  },
): Promise<void> {
  if (out !== undefined) await writePlain(out, rendered);
  else if (isText) (coloured ? writeColoured : write)(Deno.stdout, rendered as string);
  else writeData(Deno.stdout, rendered);
}

/** Writes an error to stderr. */
export function writeError(message: string): void {
  writeMark("error:", "31", message);
}

/** Writes a hint to stderr. */
export function writeHint(sentence: string): void {
  writeMark("hint:", "33", boundedText(sentence));
}

/** Shows the cursor and wraps lines, however a process left them. */
const AS_BEFORE = "\x1b[?25h\x1b[?7h";

/** Writes what a process that a signal ends has to say to stderr, and leaves the terminal as it was. */
export function writeLastWord(sentence: string): void {
  write(Deno.stderr, `${sentence}\n`);
  if (Deno.stderr.isTerminal()) writeBytes(Deno.stderr, new TextEncoder().encode(AS_BEFORE));
}

function writeMark(mark: string, code: string, message: string): void {
  const shown = hasColors(Deno.stderr) ? `\x1b[${code}m${mark}\x1b[0m` : mark;
  writeColoured(Deno.stderr, `${shown} ${terminalText(message)}\n`);
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
