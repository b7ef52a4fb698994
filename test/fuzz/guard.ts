import { fileURLToPath } from "node:url";
import { heldBytes, processorSeconds } from "./process_figures.ts";
import { linesOf } from "../support/lines_of.ts";

/** Cases of an area. */
interface Slice {
  readonly area: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** A case in which the program is at fault. */
export interface Found {
  readonly number: number;
  readonly text: string;
}

/** End of a slice. */
interface SliceResult {
  readonly taken: number;
  readonly refused: number;
  readonly found: readonly Found[];
  /** Processes that were started anew as many cases together had filled the memory, which none of them does alone. */
  readonly refills: number;
}

/** Bounds of a case. */
interface Limits {
  readonly processorSeconds: number;
  /** Seconds without an end and without work. */
  readonly idleSeconds: number;
  /** Bytes beyond those of inputs that nobody has changed. */
  readonly bytes: number;
}

/** Bounds that every case keeps. */
const LIMITS: Limits = { processorSeconds: 10, idleSeconds: 60, bytes: 500 * 2 ** 20 };

const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));
/** Milliseconds between two looks at a process. */
const LOOK = 200;
/** Characters of stderr that are shown of a process that crashed. */
const SHOWN = 700;
/** Beginning of a fault that cases may share. */
const MEMORY = "holds";

/**
 * Runs cases in a process of their own and watches its processor time and its memory. A case that crashes or hangs is
 * found, and those after it go on in another process.
 *
 * @param keep called for each case that is found, with the directory of its files, which is removed later
 */
export async function runSlice(
  slice: Slice,
  keep: (found: Found, directory: string) => void,
  limits: Limits = LIMITS,
  child: string = CHILD,
): Promise<SliceResult> {
  const directory = Deno.makeTempDirSync({ prefix: "whence_fuzz_" });
  const counts = { taken: 0, refused: 0, refills: 0 };
  const found: Found[] = [];
  const add = (number: number, text: string, place: string) => {
    const clean = text.replaceAll(`${directory}/input`, "…");
    found.push({ number, text: clean });
    keep({ number, text: clean }, `${directory}/${place}`);
  };
  try {
    let { from } = slice;
    while (from < slice.to) {
      const end = await runProcess(
        child,
        { ...slice, from },
        directory,
        limits,
        counts,
        (number, text) => add(number, text, String(number)),
      );
      if (end === null) break;
      // Many cases may have filled the memory together: a case is judged alone.
      const alone = { ...slice, from: end.number, to: end.number + 1 };
      const fills = end.fault.startsWith(MEMORY);
      const again = fills ? await runProcess(child, alone, directory, limits, { ...counts }, () => {}) : end;
      if (again === null) counts.refills++;
      else add(again.number, again.fault, "input");
      from = end.number + 1;
    }
    return { ...counts, found };
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** A case that ended its process. */
interface BadEnd {
  readonly number: number;
  readonly fault: string;
}

/** Runs cases until one ends the process; null if none did. */
async function runProcess(
  child: string,
  { area, seed, from, to }: Slice,
  directory: string,
  limits: Limits,
  counts: { taken: number; refused: number },
  add: (number: number, text: string) => void,
): Promise<BadEnd | null> {
  const flags = ["run", "-A", "--no-lock", "--no-check", "--v8-flags=--expose-gc", "--config", CONFIG];
  const args = [...flags, child, area, ...[seed, from, to].map(String), directory, String(limits.bytes)];
  const process = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
  let number = from - 1;
  let [ready, ended] = [0, false];
  let fault: string | null = null;
  const watch = watchCase(process, limits, () => ({ number, ready }), (text) => fault = text);
  const said = endOf(process.stderr);
  for await (const line of linesOf(process.stdout)) {
    const [word, rest] = line.split(/ (.*)/s);
    if (word === "ready") ready = Number(rest);
    else if (word === "case") number = Number(rest);
    else if (word === "taken" || word === "refused") counts[word]++;
    else if (word === "finding") add(number, JSON.parse(rest));
    else if (word === "memory") fault = `${MEMORY} ${Math.round(Number(rest) / 2 ** 20)} MiB more than usual`;
    else if (word === "end") ended = true;
  }
  const { code, signal } = await process.status;
  clearInterval(watch);
  const last = await said;
  if (ended && fault === null) return null;
  if (ready === 0) throw new Error(`Cannot fuzz ${area} as its inputs must be taken unchanged: got ${last}`);
  return { number, fault: fault ?? `ends the process (${signal ?? `code ${code}`}): ${last}` };
}

/** Looks after a process, and kills it when a case goes beyond its limits. */
function watchCase(
  process: Deno.ChildProcess,
  limits: Limits,
  state: () => { readonly number: number; readonly ready: number },
  onFault: (text: string) => void,
): ReturnType<typeof setInterval> {
  let seen = { number: NaN, processor: 0, wall: 0 };
  const kill = (text: string) => {
    onFault(text);
    try {
      process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  return setInterval(() => {
    const { number, ready } = state();
    if (ready === 0) return;
    const [processor, wall] = [processorSeconds(process.pid), performance.now() / 1000];
    if (number !== seen.number) seen = { number, processor, wall };
    const worked = processor - seen.processor;
    const more = (heldBytes(process.pid) ?? 0) - ready;
    if (worked > limits.processorSeconds) kill(`takes more than ${limits.processorSeconds} s of processor time`);
    else if (more > limits.bytes) kill(`${MEMORY} ${Math.round(more / 2 ** 20)} MiB more than usual`);
    // On a machine that others use, a case may wait for the processor.
    else if (wall - seen.wall > limits.idleSeconds && worked < limits.processorSeconds / 10) {
      kill(`does not end, without working, within ${limits.idleSeconds} s`);
    }
  }, LOOK);
}

/** Returns the end of a stream's text, without the addresses of a stack. */
async function endOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const lines: string[] = [];
  for await (const line of linesOf(stream)) {
    if (!/^\s*\d+: +0x/.test(line)) lines.push(line);
  }
  return lines.join("\n").trim().slice(0, SHOWN);
}
