/// <reference lib="deno.worker" />
// Draws the status line, and ends the process by its signals, in a thread of its own: the device may keep the main one
// busy for minutes.
import process from "node:process";
import { startStopwatch } from "../../time/stopwatch.ts";
import { onStopSignals } from "./stop_signals.ts";
import type { openStatusLine, Status } from "./status_line.ts";

/** A status to draw, what to say if a signal ends the process, or the number of a wish to clear the line. */
export type StatusMessage = { readonly status: Status } | { readonly farewell: string } | {
  readonly clear: number;
  /** Receives that number when the line is clear. */
  readonly cleared: Int32Array<SharedArrayBuffer>;
};

/** Exit code of the process, which may not send itself the signal that ended it. */
export type StopMessage = { readonly code: number };

let farewell = "";
let line: ReturnType<typeof openStatusLine> | null = null;

// Signals come first: what draws takes time to load.
onStopSignals(() => {
  line?.clear();
  return farewell;
}, (code) => self.postMessage({ code } satisfies StopMessage));

const drawn = import("./status_line.ts").then(({ openStatusLine }) => {
  line = openStatusLine(process.stderr, startStopwatch());
  return line;
});

self.onmessage = async ({ data }: MessageEvent<StatusMessage>) => {
  if ("farewell" in data) {
    farewell = data.farewell;
    return;
  }
  const shown = await drawn;
  if ("status" in data) {
    shown.draw(data.status);
    return;
  }
  shown.clear();
  Atomics.store(data.cleared, 0, data.clear);
  Atomics.notify(data.cleared, 0);
};
