import { fileURLToPath } from "node:url";
import type { Kernel } from "../../src/gpu/kernel.ts";
import { codeFor } from "../../src/gpu/subgroups.ts";

/** A kernel that Tint refuses or warns of. */
interface Refusal {
  readonly label: string;
  readonly message: string;
}

const A_PROCESS = 400;
const WORKERS = 2;

/**
 * Compiles kernels as Chrome does, in processes of their own.
 *
 * @throws {Error} if a process fails, with its last lines
 */
export async function compileByTint(kernels: readonly Kernel[]): Promise<Refusal[]> {
  const folder = await Deno.makeTempDir({ prefix: "whence_tint_" });
  try {
    const parts = Array.from(
      { length: Math.ceil(kernels.length / A_PROCESS) },
      (_, i) => kernels.slice(i * A_PROCESS, (i + 1) * A_PROCESS),
    );
    const refused: Refusal[][] = [];
    let next = 0;
    const work = async () => {
      while (next < parts.length) {
        const part = next++;
        refused[part] = await compilePart(parts[part], `${folder}/${part}`);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
    return refused.flat();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function compilePart(kernels: readonly Kernel[], path: string): Promise<Refusal[]> {
  const [from, to] = [`${path}.json`, `${path}_refused.json`];
  await Deno.writeTextFile(
    from,
    JSON.stringify(kernels.map(({ label, code }) => ({ label, code: codeFor("tint", code) }))),
  );
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", fileURLToPath(new URL("tint.ts", import.meta.url)), from, to],
    stdin: "null",
  }).output();
  if (code !== 0) {
    const lines = new TextDecoder().decode(stderr).trimEnd().split("\n").slice(-5);
    throw new Error(`Cannot compile by Tint as its process must end with 0: got ${code}\n${lines.join("\n")}`);
  }
  return JSON.parse(await Deno.readTextFile(to));
}
