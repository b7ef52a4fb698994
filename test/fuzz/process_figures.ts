/** Ticks of a second of Linux's counters of processor time. */
const TICKS = 100;

/** Most bytes that this process has held so far; those that it holds where the system does not tell. */
export function peakBytes(): number {
  return statusBytes("self", "VmHWM") ?? Deno.memoryUsage().rss;
}

/** Bytes that a process holds, null where the system does not tell. */
export function heldBytes(pid: number): number | null {
  return statusBytes(pid, "VmRSS");
}

/** Seconds of processor time that a process has taken; those of a wall clock where the system does not tell. */
export function processorSeconds(pid: number): number {
  try {
    // The name of the program stands in brackets and may hold anything.
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return performance.now() / 1000;
  }
}

function statusBytes(process: number | "self", key: string): number | null {
  try {
    const found = new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(Deno.readTextFileSync(`/proc/${process}/status`));
    return found === null ? null : Number(found[1]) * 1024;
  } catch {
    return null;
  }
}
