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

/** Options of running a script. */
interface ScriptOptions {
  /**
   * True for a process group of its own, which is stopped as a whole: no peer that the script has started runs on
   * beside the next one. Default false: the script is in its caller's group.
   */
  readonly ownGroup?: boolean;
}

/**
 * Runs a script of bench/ in a process of its own and collects its figures; what it printed before a failure counts.
 *
 * @param args the script's path below the repository, then its arguments
 * @param limit seconds after which it is stopped
 */
export async function runScript(
  args: readonly string[],
  limit: number,
  { ownGroup = false }: ScriptOptions = {},
): Promise<ScriptResult> {
  const file = await Deno.makeTempFile({ prefix: "whence_bench_" });
  const seconds = startStopwatch();
  const child = new Deno.Command(Deno.execPath(), {
    // The peers' packages stay out of the lock file.
    args: ["run", "-A", "--no-lock", ...args],
    cwd: ROOT,
    env: { [FIGURES_FILE]: file },
    detached: ownGroup,
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  // A negative number names a group.
  const stop = () => ownGroup && Deno.build.os !== "windows" ? Deno.kill(-child.pid, "SIGKILL") : child.kill("SIGKILL");
  // The terminal interrupts its own group alone.
  const interrupt = () => {
    stop();
    Deno.exit(130);
  };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, 1000 * limit);
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    const { code } = await child.status;
    const lines = (await Deno.readTextFile(file)).split("\n").filter((line) => line !== "");
    return {
      figures: lines.map((line) => JSON.parse(line)),
      failure: late ? `stopped after ${limit} s` : code === 0 ? null : `exit code ${code}`,
      seconds: seconds(),
    };
  } finally {
    clearTimeout(timer);
    Deno.removeSignalListener("SIGINT", interrupt);
    await Deno.remove(file);
  }
}
