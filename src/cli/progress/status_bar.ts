import type { Status } from "./status_line.ts";
import type { StatusMessage, StopMessage } from "./status_worker.ts";

/** Words of a process that a signal ends. */
const FAREWELL = "Stopped. What was downloaded is kept.";

/** One line on a terminal that tells what is going on. */
export interface StatusBar {
  show(status: Status): void;
  /**
   * Clears the line, so that something else can be written; the next status is drawn again.
   *
   * @returns false if the thread that draws gave no answer
   */
  clear(): boolean;
  /** Clears the line for good. */
  close(): void;
}

/** Milliseconds that a thread may take to clear the line, its own start included. */
const PATIENCE = 10_000;

/**
 * Opens a status bar on standard error, drawn by a thread of its own: the device may keep this one busy for minutes. If
 * Ctrl-C or SIGTERM ends the process, the terminal is as it was before.
 *
 * @param farewell said then
 * @returns null if standard error is no terminal
 */
export function openStatusBar(
  isTerminal: boolean = Deno.stderr.isTerminal(),
  farewell: string = FAREWELL,
): StatusBar | null {
  if (!isTerminal) return null;
  const worker = openWorker(farewell);
  const send = (message: StatusMessage) => worker.postMessage(message);
  const cleared = new Int32Array(new SharedArrayBuffer(4));
  let shown = false;
  let wishes = 0;
  let answers = true;
  const clear = () => {
    if (!shown) return answers;
    shown = false;
    send({ clear: ++wishes, cleared });
    if (answers) answers = Atomics.wait(cleared, 0, wishes - 1, PATIENCE) !== "timed-out";
    return answers;
  };
  return {
    show(status) {
      shown = true;
      send({ status });
    },
    clear,
    close() {
      clear();
      worker.terminate();
    },
  };
}

/**
 * Says something if Ctrl-C or SIGTERM ends the process, which has no status bar.
 *
 * @returns a function that ends this
 */
export function sayWhenStopped(farewell: string): () => void {
  const worker = openWorker(farewell);
  return () => worker.terminate();
}

function openWorker(farewell: string): Worker {
  const worker = new Worker(new URL("./status_worker.ts", import.meta.url), { type: "module" });
  // It would end the process, and nothing depends on it.
  worker.onerror = (event) => event.preventDefault();
  worker.onmessage = ({ data: { code } }: MessageEvent<StopMessage>) => Deno.exit(code);
  worker.postMessage({ farewell } satisfies StatusMessage);
  return worker;
}
