import assert from "node:assert/strict";
import { progressView } from "../../../src/cli/progress/experiment_progress.ts";
import type { ProgressEvent } from "../../../src/experiment/run/progress_event.ts";

/** Returns the lines that events leave where there is no terminal. */
function linesOf(events: readonly ProgressEvent[]): string[] {
  const lines: string[] = [];
  const view = progressView(false, (line) => void lines.push(line));
  for (const event of events) view.show(event);
  view.stop();
  return lines;
}

Deno.test("progressView() writes a line for notes, models and cells that failed, numbered by the run's size", () => {
  const cell = { id: "michael-ig" };
  const failed = { kind: "end", index: 1, outcome: { status: "failed", cell, error: "no adapter" } };
  assert.deepEqual(
    linesOf([
      { kind: "start", total: 12 },
      { kind: "note", text: "as is" },
      { kind: "open", model: "embedded" },
      { kind: "unopened", model: "other", error: "not there", cells: 3 },
      failed as unknown as ProgressEvent,
    ]),
    [
      "note: as is",
      "opening the model embedded",
      "not there: 3 cells of the model other FAILED",
      "[ 2/12] michael-ig: FAILED: no adapter",
    ],
  );
});

Deno.test("progressView() says nothing of cells that were stored or begin", () => {
  const stored = { kind: "end", index: 0, outcome: { status: "stored", cell: { id: "a" } } };
  const begin = { kind: "begin", index: 0, cell: { id: "a" } };
  assert.deepEqual(linesOf([begin, stored] as unknown as ProgressEvent[]), []);
});
