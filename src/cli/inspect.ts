import { textTable } from "../report/text_table.ts";
import { parseArguments, UsageError, write } from "./command.ts";

const HELP = `Lists what a checkpoint holds, without loading it.

Usage: deno task inspect MODEL

  MODEL               a Hugging Face directory or a .gguf file; embedded for the embedded model
`;

/** Runs `inspect` and returns the exit code. */
export async function runInspectCommand(args: string[]): Promise<number> {
  const { values, rest: [path] } = parseArguments(args, {}, 1);
  if (values.help) {
    write(Deno.stdout, HELP);
    return 0;
  }
  if (path === undefined) throw new UsageError("Cannot inspect as a model must be named: got none");
  const [{ openCheckpoint }, { parseConfig }, { EMBEDDED, embeddedModel }] = await Promise.all([
    import("../checkpoint/open.ts"),
    import("../model/config.ts"),
    import("../model/embedded.ts"),
  ]);
  const checkpoint = await openCheckpoint(path === EMBEDDED ? await embeddedModel() : path);
  try {
    const tensors = [...checkpoint.tensors.values()];
    const rows = tensors.map(({ name, shape, format, bytes }) => [name, shape.join(" × "), format, String(bytes)]);
    const parameters = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
    const total = tensors.reduce((sum, { bytes }) => sum + bytes, 0);
    const config = parseConfig(checkpoint.config, checkpoint.path);
    write(Deno.stdout, textTable({ head: ["tensor", "shape", "format", "bytes"], rows }));
    write(Deno.stdout, `\n${tensors.length} tensors, ${parameters} parameters, ${total} bytes\n`);
    for (const [key, value] of Object.entries(config)) write(Deno.stdout, `${key.padEnd(18)}${value}\n`);
    write(Deno.stdout, `${"tokenizer".padEnd(18)}${checkpoint.tokenizer === null ? "none" : "yes"}\n`);
    write(Deno.stdout, `${"fingerprint".padEnd(18)}${await checkpoint.fingerprint()}\n`);
    return 0;
  } finally {
    checkpoint.close();
  }
}
