import assert from "node:assert/strict";
import { progressView } from "../../../src/cli/progress/experiment_progress.ts";
import type { StatusBar } from "../../../src/cli/progress/status_bar.ts";
import type { ProgressEvent } from "../../../src/experiment/run/progress_event.ts";

/** Returns the lines that events leave where there is no terminal. */
function linesOf(events: readonly ProgressEvent[]): string[] {
  const lines: string[] = [];
  const view = progressView(null, (line) => void lines.push(line));
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

Deno.test("progressView() tells errors, and how far the sum of ablations is from the gap", () => {
  const end = (method: string) => {
    const cell = { id: method, options: { method } };
    const row = { sequence: { relative: 0.125 }, cost: { seconds: 2 } };
    return { kind: "end", index: 0, outcome: { status: "computed", cell, row } } as unknown as ProgressEvent;
  };
  assert.deepEqual(linesOf([{ kind: "start", total: 2 }, end("secant"), end("feature-ablation")]), [
    "[1/2] secant: error 12.5 %, 2 s",
    "[1/2] feature-ablation: sum and gap 12.5 % apart, 2 s",
  ]);
});

Deno.test("progressView() says nothing of cells that were stored or begin", () => {
  const stored = { kind: "end", index: 0, outcome: { status: "stored", cell: { id: "a" } } };
  const begin = { kind: "begin", index: 0, cell: { id: "a" } };
  assert.deepEqual(linesOf([begin, stored] as unknown as ProgressEvent[]), []);
});

/** Returns what events show in a bar, and the lines beside it, in order. */
function shownBy(events: readonly ProgressEvent[], clock: readonly number[]): unknown[] {
  const shown: unknown[] = [];
  let at = 0;
  const bar = { show: (status: unknown) => shown.push(status), clear: () => shown.push("clear"), close: () => {} };
  const view = progressView(bar as unknown as StatusBar, (line) => void shown.push(line), () => clock[at]);
  for (const event of events) {
    view.show(event);
    at++;
  }
  return shown;
}

Deno.test("progressView() shows the loading, the cell under way with its work, and the time left by those so far", () => {
  const cell = { id: "a" };
  const foretold = { work: [100, 100], pathPoints: [5, 5], seconds: null };
  const events = [
    { kind: "start", total: 4 },
    { kind: "load", model: "embedded", share: 0.5 },
    { kind: "begin", index: 1, cell },
    { kind: "foretold", index: 1, cell, foretold },
    { kind: "work", work: 50 },
  ] as unknown as ProgressEvent[];
  assert.deepEqual(shownBy(events, [0, 1, 10, 12, 15]), [
    { share: 0.5, text: "loading the model embedded" },
    { share: 0.25, text: "cell 2 of 4", left: 30, detail: "a preparing" },
    { share: 0.25, text: "cell 2 of 4", left: 36, detail: "a preparing" },
    { share: 1.5 / 4, text: "cell 2 of 4", left: 25, detail: "a explaining" },
  ]);
});

Deno.test("progressView() shows κ and the points of an adaptive cell", () => {
  const foretold = { work: [10, 1000], pathPoints: [10, 1000], seconds: null };
  const events = [
    { kind: "start", total: 2 },
    { kind: "begin", index: 0, cell: { id: "a" } },
    { kind: "foretold", index: 0, cell: { id: "a" }, foretold },
    { kind: "work", work: 20 },
    { kind: "round", round: { points: 20, certificate: 0.5, tolerance: 0.01 } },
  ] as unknown as ProgressEvent[];
  const detail = "a explaining, κ 50 %, to reach 1 %, 20 of at most 1000 path points";
  assert.deepEqual(shownBy(events, [0, 0, 0, 1, 1]).at(-1), { share: 0, text: "cell 1 of 2", detail });
});

Deno.test("progressView() says before a long cell how long it takes, with a terminal and without", () => {
  const foretold = { work: [1, 1], pathPoints: [5, 5], seconds: [1800, 7200] };
  const events = [
    { kind: "start", total: 3 },
    { kind: "foretold", index: 0, cell: { id: "a" }, foretold },
  ] as unknown as ProgressEvent[];
  const line = "[1/3] a takes about 1 h 0 min (30 min 0 s to 2 h 0 min, guessed from short runs)";
  assert.deepEqual(linesOf(events), [line]);
  assert.deepEqual(shownBy(events, [0, 0]).slice(0, 2), ["clear", line]);
});
