import { fileURLToPath } from "node:url";

/** What a command leaves. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the command line in a process of its own, as a user does. */
export async function runCli(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `${ROOT}src/cli/main.ts`, ...args],
    env,
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Directory of the embedded model. */
export const EMBEDDED_DIRECTORY = `${ROOT}experiments/models/biography/`;

/** Runs `check` on a copy of the embedded model that it may damage. */
export async function withModelCopy(check: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "whence-model-" });
  try {
    for (const name of ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]) {
      await Deno.copyFile(`${EMBEDDED_DIRECTORY}${name}`, `${directory}/${name}`);
    }
    await check(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The JSON header of a safetensors file, and where its data starts. */
export function safetensorsHeader(bytes: Uint8Array<ArrayBuffer>) {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  return { header: JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))), data: 8 + length };
}
