import { type Figure, FIGURES_FILE } from "./figure.ts";
import { startStopwatch } from "../src/time/stopwatch.ts";

const ROOT = new URL("../", import.meta.url);

/** Figures of a script, and its failure. */
interface ScriptResult {
  readonly figures: Figure[];
  /** Null if the script succeeded. */
  readonly failure: string | null;
  readonly seconds: number;
}

/**
 * Runs a script of bench/ in a process of its own and collects its figures; what it printed before a failure counts.
 *
 * @param args the script's path below the repository, then its arguments
 * @param limit seconds after which it is stopped
 */
export async function runScript(args: readonly string[], limit: number): Promise<ScriptResult> {
  const file = await Deno.makeTempFile({ prefix: "whence_bench_" });
  const seconds = startStopwatch();
  try {
    const child = new Deno.Command(Deno.execPath(), {
      // The peers' packages stay out of the lock file.
      args: ["run", "-A", "--no-lock", ...args],
      cwd: ROOT,
      env: { [FIGURES_FILE]: file },
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, 1000 * limit);
    const { code } = await child.status;
    clearTimeout(timer);
    const lines = (await Deno.readTextFile(file)).split("\n").filter((line) => line !== "");
    return {
      figures: lines.map((line) => JSON.parse(line)),
      failure: late ? `stopped after ${limit} s` : code === 0 ? null : `exit code ${code}`,
      seconds: seconds(),
    };
  } finally {
    await Deno.remove(file);
  }
}
