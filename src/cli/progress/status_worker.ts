/// <reference lib="deno.worker" />
// Draws the status line in a thread of its own: times go on while the device keeps the main one busy.
import process from "node:process";
import { startStopwatch } from "../../time/stopwatch.ts";
import { openStatusLine, type Status } from "./status_line.ts";

/** A status to draw, or the number of a wish to clear the line. */
export type StatusMessage = { readonly status: Status } | {
  readonly clear: number;
  /** Receives that number when the line is clear. */
  readonly cleared: Int32Array<SharedArrayBuffer>;
};

const line = openStatusLine(process.stderr, startStopwatch());

self.onmessage = ({ data }: MessageEvent<StatusMessage>) => {
  if ("status" in data) {
    line.draw(data.status);
    return;
  }
  line.clear();
  Atomics.store(data.cleared, 0, data.clear);
  Atomics.notify(data.cleared, 0);
};
