// @ts-types="npm:@types/cli-progress@3"
import cliProgress from "npm:cli-progress@3";
import process from "node:process";
import type { ProgressEvent } from "../../experiment/run/progress_event.ts";
import { numberText, percentText } from "../../report/text/number_text.ts";
import { terminalLine, terminalText } from "../../report/text/terminal_text.ts";
import { boundedText } from "../../report/text/bounded_text.ts";
import { sumDownloads } from "./download_progress.ts";
import { timeLeftText } from "../../time/time_text.ts";
import { startStopwatch } from "../../time/stopwatch.ts";

/** Display of a run's progress. */
interface ProgressView {
  show(event: ProgressEvent): void;
  stop(): void;
}

/** Opens a bar on a terminal; elsewhere a line is written for each cell that was computed or failed. */
export function progressView(isTerminal: boolean, write: (line: string) => void): ProgressView {
  return isTerminal ? barView() : lineView(write);
}

function lineView(write: (line: string) => void): ProgressView {
  let total = 0;
  const show = (event: ProgressEvent) => {
    if (event.kind === "start") total = event.total;
    const line = lineOf(event, total);
    if (line !== null) write(line);
  };
  return { show, stop: () => {} };
}

function barView(): ProgressView {
  const bars = new cliProgress.MultiBar({
    stream: process.stderr,
    format: "{bar} {value}/{total} {left} {cell}",
    hideCursor: true,
    clearOnComplete: true,
  }, cliProgress.Presets.shades_classic);
  let bar: cliProgress.SingleBar | null = null;
  let total = 0;
  const seconds = startStopwatch();
  const addDownload = sumDownloads(startStopwatch());
  const show = (event: ProgressEvent) => {
    if (event.kind === "start") {
      total = event.total;
      bar = bars.create(total, 0, { cell: "", left: "" });
    }
    if (event.kind === "open") bar?.update({ cell: terminalLine(`opening the model ${event.model}`) });
    if (event.kind === "download") {
      bar?.update({ cell: terminalLine(`${event.progress.model} ${addDownload(event.progress).text}`) });
    }
    if (event.kind === "begin") {
      bar?.update(event.index, { cell: event.cell.id, left: timeLeft(seconds(), event.index, total) });
    }
    if (event.kind === "end") bar?.update(event.index + 1);
    if (event.kind === "unopened") bar?.increment(event.cells);
    const worthALine = event.kind === "note" || event.kind === "unopened" ||
      event.kind === "end" && event.outcome.status === "failed";
    if (worthALine) bars.log(`${terminalText(lineOf(event, total) ?? "")}\n`);
  };
  return { show, stop: () => bars.stop() };
}

/** Estimates the time left from the mean time of the cells so far. */
function timeLeft(seconds: number, done: number, total: number): string {
  return done === 0 ? "" : timeLeftText((seconds / done) * (total - done));
}

/** Writes an event as a line; null for an event of no interest. */
function lineOf(event: ProgressEvent, total: number): string | null {
  if (event.kind === "note") return `note: ${boundedText(event.text)}`;
  if (event.kind === "open") return `opening the model ${event.model}`;
  if (event.kind === "unopened") {
    return `${boundedText(event.error)}: ${event.cells} cells of the model ${event.model} FAILED`;
  }
  if (event.kind !== "end" || event.outcome.status === "stored") return null;
  const { outcome, index } = event;
  const place = `[${String(index + 1).padStart(String(total).length)}/${total}] ${outcome.cell.id}`;
  if (outcome.status === "failed") return `${place}: FAILED: ${boundedText(outcome.error)}`;
  const { sequence, cost } = outcome.row;
  return `${place}: error ${percentText(sequence.relative)}, ${numberText(cost.seconds, 3)} s`;
}
