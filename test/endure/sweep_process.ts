import { fileURLToPath } from "node:url";
import { linesOf } from "../support/lines_of.ts";

/** Script of a sweep by a model in closed form, which takes its working directory's `out`. */
export const QUICK_SWEEP: string = fileURLToPath(new URL("../experiment/run/slow_sweep.ts", import.meta.url));
/** Script of a sweep by the embedded model, which takes a directory and, for a clock that jumps, a seed. */
export const REAL_SWEEP: string = fileURLToPath(new URL("./real_sweep.ts", import.meta.url));

const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** A sweep in a process of its own. */
export interface SweepProcess {
  readonly script: string;
  readonly args?: readonly string[];
  /** Working directory. */
  readonly cwd: string;
  /** Blocks of 512 bytes that a file may have: what is beyond is refused as on a full disk. */
  readonly fileBlocks?: number;
  /** Called with each line as it comes. */
  readonly onLine?: (line: string) => void;
  /** Moment at which it is killed, as by a power cut: so many milliseconds after it has said so many lines. */
  readonly doom?: { readonly lines: number; readonly milliseconds: number };
}

/** End of such a process. */
export interface SweepEnd {
  readonly code: number;
  readonly killed: boolean;
  readonly lines: readonly string[];
  readonly errors: string;
}

let cached: Promise<unknown> | undefined;

/** Downloads what sweeps import, once: the limit of a process holds for downloads of it, too. */
function cacheModules(): Promise<unknown> {
  const scripts = [QUICK_SWEEP, REAL_SWEEP];
  const args = ["cache", "--quiet", "--no-lock", "--config", CONFIG, ...scripts];
  return cached ??= new Deno.Command(Deno.execPath(), { args }).output();
}

/** Runs a sweep to its end. */
export async function runSweep({ script, args = [], cwd, fileBlocks, onLine, doom }: SweepProcess): Promise<SweepEnd> {
  if (fileBlocks !== undefined) await cacheModules();
  const command = [Deno.execPath(), "run", "-A", "--no-lock", "--no-check", "--config", CONFIG, script, ...args];
  // A limit's signal is ignored, so that the write fails as it does on a disk without room.
  const limited = ["sh", "-c", `trap '' XFSZ; ulimit -f ${fileBlocks}; exec "$@"`, "sh", ...command];
  const [program, ...rest] = fileBlocks === undefined ? command : limited;
  const child = new Deno.Command(program, { args: rest, cwd, stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
  const errors = new Response(child.stderr).text();
  const lines: string[] = [];
  let [ended, killed] = [false, false];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const kill = () => {
    if (ended) return;
    killed = true;
    child.kill("SIGKILL");
  };
  const look = () => {
    if (doom !== undefined && lines.length >= doom.lines) timer ??= setTimeout(kill, doom.milliseconds);
  };
  look();
  for await (const line of linesOf(child.stdout)) {
    lines.push(line);
    look();
    onLine?.(line);
  }
  const { code } = await child.status;
  ended = true;
  clearTimeout(timer);
  return { code, killed: killed && code !== 0, lines, errors: await errors };
}

/** Cells that a run says to have ended so. */
export function cellsThat(status: "computed" | "stored" | "failed", { lines }: Pick<SweepEnd, "lines">): string[] {
  return lines.filter((line) => line.startsWith(`${status} `)).map((line) => line.split(" ")[1]);
}
