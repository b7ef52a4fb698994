import type { AdaptiveRound } from "../../attribution/adaptive.ts";
import type { ProgressEvent } from "../../experiment/run/progress_event.ts";
import { isLong, longText } from "../../experiment/foretell/foreteller.ts";
import { errorText, hasGapToMeet } from "../../experiment/findings/row_words.ts";
import { numberText } from "../../report/text/number_text.ts";
import { boundedText } from "../../report/text/bounded_text.ts";
import { sumDownloads } from "./download_progress.ts";
import { startStopwatch } from "../../time/stopwatch.ts";
import type { StatusBar } from "./status_bar.ts";
import type { Status } from "./status_line.ts";
import { followWork } from "./work_progress.ts";

/** Display of a run's progress. */
interface ProgressView {
  show(event: ProgressEvent): void;
  stop(): void;
}

/**
 * Shows a run in a status bar; without one a line is written for each cell that was computed or failed.
 *
 * @param seconds a running stopwatch
 */
export function progressView(
  bar: StatusBar | null,
  write: (line: string) => void,
  seconds: () => number = startStopwatch(),
): ProgressView {
  return bar === null ? lineView(write) : barView(bar, write, seconds);
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

function barView(bar: StatusBar, write: (line: string) => void, seconds: () => number): ProgressView {
  const addDownload = sumDownloads(seconds);
  let total = 0;
  let kept = 0;
  let cell = cellUnderWay(0, "", followWork(null, seconds));
  const show = (event: ProgressEvent) => {
    if (event.kind === "start") total = event.total;
    if (isWorthALine(event)) {
      bar.clear();
      write(lineOf(event, total) ?? "");
    }
    if (event.kind === "open") bar.show({ share: null, text: `opening the model ${event.model}` });
    if (event.kind === "load") bar.show({ share: event.share, text: `loading the model ${event.model}` });
    if (event.kind === "download") {
      const { share, text } = addDownload(event.progress);
      bar.show({ share, text: `${event.progress.model} ${text}` });
    }
    if (event.kind === "kept") kept += event.cells.length;
    if (event.kind === "begin") cell = cellUnderWay(event.index, event.cell.id, followWork(null, seconds));
    if (event.kind === "foretold") {
      const began = seconds();
      cell = { ...cell, follow: followWork(event.foretold, () => seconds() - began) };
    }
    if (event.kind === "work") cell = { ...cell, work: event.work };
    if (event.kind === "round") cell = { ...cell, round: event.round };
    if (CELL_EVENTS.includes(event.kind)) bar.show(cellStatus(cell, total, kept, seconds()));
    if (event.kind === "end" && event.index + 1 === total) bar.show({ share: 1, text: "writing the results" });
  };
  return { show, stop: () => bar.close() };
}

/** Events that change what is known of the cell under way. */
const CELL_EVENTS: readonly ProgressEvent["kind"][] = ["begin", "foretold", "work", "round"];

/** A cell under way: its place, its name, its work and κ so far, and what they say. */
interface CellUnderWay {
  readonly index: number;
  readonly id: string;
  readonly work: number;
  readonly round: AdaptiveRound | undefined;
  readonly follow: ReturnType<typeof followWork>;
}

function cellUnderWay(index: number, id: string, follow: CellUnderWay["follow"]): CellUnderWay {
  return { index, id, work: 0, round: undefined, follow };
}

/**
 * Tells how far a cell is; the time left is that of all cells, by the mean time of those so far.
 *
 * @param kept cells before it that took no time
 */
function cellStatus(
  { index, id, work, round, follow }: CellUnderWay,
  total: number,
  kept: number,
  passed: number,
): Status {
  const { share, text, left, atMost, detail } = follow(work, round);
  const place = index + (share ?? 0);
  const ofCell = total === 1 && left !== undefined ? { left, atMost } : {};
  // The others may be short beside this one.
  const mean = passed / (place - kept);
  const ofAll = index === kept ? ofCell : { left: Math.max(mean * (total - place), atMost ? 0 : left ?? 0) };
  const doing = [`${id} ${text}`, ...(detail === undefined ? [] : [detail])].join(", ");
  return { share: place / total, text: `cell ${index + 1} of ${total}`, ...ofAll, detail: doing };
}

/** Returns true if an event is to stay on the terminal above the bar. */
function isWorthALine(event: ProgressEvent): boolean {
  if (event.kind === "foretold") return event.foretold !== null && isLong(event.foretold);
  return event.kind === "note" || event.kind === "unopened" ||
    event.kind === "end" && event.outcome.status === "failed";
}

/** Writes an event as a line; null for an event of no interest. */
function lineOf(event: ProgressEvent, total: number): string | null {
  if (event.kind === "note") return `note: ${boundedText(event.text)}`;
  if (event.kind === "foretold") {
    return event.foretold !== null && isLong(event.foretold)
      ? `${placeOf(event.index, total)} ${event.cell.id} takes ${longText(event.foretold)}`
      : null;
  }
  if (event.kind === "kept") return `${event.cells.length} cells are there already`;
  if (event.kind === "open") return `opening the model ${event.model}`;
  if (event.kind === "unopened") {
    return `${boundedText(event.error)}: ${event.cells} cells of the model ${event.model} FAILED`;
  }
  if (event.kind !== "end" || event.outcome.status === "stored") return null;
  const { outcome, index } = event;
  const place = `${placeOf(index, total)} ${outcome.cell.id}`;
  if (outcome.status === "failed") return `${place}: FAILED: ${boundedText(outcome.error)}`;
  const { sequence, cost } = outcome.row;
  const error = `${hasGapToMeet(outcome.cell) ? "error" : "sum and gap"} ${errorText(outcome.cell, sequence.relative)}`;
  return `${place}: ${error}, ${numberText(cost.seconds, 3)} s`;
}

function placeOf(index: number, total: number): string {
  return `[${String(index + 1).padStart(String(total).length)}/${total}]`;
}
