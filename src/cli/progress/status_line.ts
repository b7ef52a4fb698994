// @ts-types="npm:@types/cli-progress@3"
import cliProgress from "npm:cli-progress@3";
import { terminalLine } from "../../report/text/terminal_text.ts";
import { durationText, timeLeftText } from "../../time/time_text.ts";

/** State of something that takes time. */
export interface Status {
  /** From 0 to 1; null, without a bar, if the whole is not known. */
  readonly share: number | null;
  readonly text: string;
  /** Seconds that it has taken; they go on while it is shown. */
  readonly passed?: number;
  /** Seconds that are left; they go on, too. */
  readonly left?: number;
  /** True if the end may come earlier. */
  readonly atMost?: boolean;
  readonly detail?: string;
}

/** A line of a terminal that tells what is going on. */
interface StatusLine {
  /** Draws a status at once, and again as its times go on. */
  draw(status: Status): void;
  /** Clears the line, until something is drawn again. */
  clear(): void;
}

const BAR_SIZE = 30;

/**
 * Opens the line on a terminal.
 *
 * @param seconds a running stopwatch
 */
export function openStatusLine(terminal: NodeJS.WritableStream, seconds: () => number): StatusLine {
  let shown: { readonly status: Status; readonly at: number } | null = null;
  const bar = new cliProgress.SingleBar({
    stream: terminal,
    format: () => shown === null ? "" : statusText(shown.status, seconds() - shown.at),
    clearOnComplete: true,
    // Cut lines need no state of the terminal that a killed process would leave.
    linewrap: true,
    gracefulExit: false,
  });
  return {
    draw(status) {
      const started = shown !== null;
      shown = { status, at: seconds() };
      if (started) bar.render();
      else bar.start(1, 0);
    },
    clear() {
      if (shown !== null) bar.stop();
      shown = null;
    },
  };
}

/** "█████░░░░░  50 % explaining, 12 s left" */
export function statusText({ share, text, passed, left, atMost, detail }: Status, since: number): string {
  const parts = [
    share === null ? text : `${barText(share)} ${text}`,
    ...(passed === undefined ? [] : [durationText(passed + since)]),
    ...(left === undefined ? [] : [`${atMost ? "at most " : ""}${timeLeftText(Math.max(0, left - since))}`]),
    ...(detail === undefined ? [] : [detail]),
  ];
  return terminalLine(parts.join(", "));
}

function barText(share: number): string {
  const within = Math.min(1, Math.max(0, share));
  const full = Math.round(within * BAR_SIZE);
  return `${"█".repeat(full)}${"░".repeat(BAR_SIZE - full)} ${`${Math.floor(100 * within)}`.padStart(3)} %`;
}
