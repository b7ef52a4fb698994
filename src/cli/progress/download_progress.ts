// @ts-types="npm:@types/cli-progress@3"
import type { SingleBar } from "npm:cli-progress@3";
import process from "node:process";
import type { DownloadProgress } from "../../model/load/locate_model.ts";
import { bytesText } from "../../report/text/bytes_text.ts";
import { terminalLine } from "../../report/text/terminal_text.ts";
import { timeLeftText } from "../../time/time_text.ts";
import { startStopwatch } from "../../time/stopwatch.ts";

/** State of all downloads together. */
interface DownloadSum {
  /** From 0 to 1. */
  readonly share: number;
  /** True if nothing is under way. */
  readonly finished: boolean;
  /** "312 MiB of 1.63 GiB, 2 of 5 files, 12.3 MiB/s, 1 min 52 s left"; "verifying" once all is there */
  readonly text: string;
}

/**
 * Adds up the progress of files, and tells their sum.
 *
 * @param now seconds
 */
export function sumDownloads(now: () => number): (progress: DownloadProgress) => DownloadSum {
  const files = new Map<string, { first: number; last: DownloadProgress }>();
  const began = now();
  return (progress) => {
    const key = `${progress.model} ${progress.file}`;
    files.set(key, { first: files.get(key)?.first ?? progress.bytes, last: progress });
    const all = [...files.values()];
    const sum = (value: (file: typeof all[number]) => number) => all.reduce((total, file) => total + value(file), 0);
    const bytes = sum(({ last }) => last.bytes);
    const total = sum(({ last }) => last.total ?? last.bytes);
    const done = all.filter(({ last }) => last.state === "done").length;
    // Bytes that an earlier run left do not count for the rate.
    const rate = Math.max(0, sum(({ first, last }) => last.bytes - first)) / Math.max(now() - began, 1e-3);
    const verifying = bytes === total && done < all.length;
    const pace = rate === 0 ? "" : `, ${bytesText(rate)}/s, ${timeLeftText((total - bytes) / rate)}`;
    return {
      share: total === 0 ? 1 : bytes / total,
      finished: done === all.length,
      text: `${bytesText(bytes)} of ${bytesText(total)}, ${done} of ${all.length} files${
        verifying ? ", verifying" : pace
      }`,
    };
  };
}

/** Shows downloads on stderr while `body` runs: a bar on a terminal, nothing elsewhere. */
export async function withDownloadBar<T>(
  body: (onDownload: ((progress: DownloadProgress) => void) | undefined) => Promise<T>,
): Promise<T> {
  if (!Deno.stderr.isTerminal()) return await body(undefined);
  const add = sumDownloads(startStopwatch());
  let opening: Promise<void> | undefined;
  let bar: SingleBar | undefined;
  let started = false;
  try {
    return await body((progress) => {
      const { share, finished, text } = add(progress);
      // Most models are here already and need no bar.
      opening ??= openBar().then((opened) => void (bar = opened));
      if (bar === undefined) return;
      const payload = { model: terminalLine(progress.model), text };
      if (started) bar.update(share, payload);
      else bar.start(1, share, payload);
      // The weights are loaded after this.
      if (finished) bar.stop();
      started = !finished;
    });
  } finally {
    await opening;
    if (started) bar?.stop();
  }
}

async function openBar(): Promise<SingleBar> {
  // @ts-types="npm:@types/cli-progress@3"
  const { default: { Presets, SingleBar } } = await import("npm:cli-progress@3");
  return new SingleBar({
    stream: process.stderr,
    format: "{model} {bar} {percentage} % {text}",
    hideCursor: true,
    clearOnComplete: true,
    // A hash may keep the event loop busy, so the bar is drawn by the event itself.
    synchronousUpdate: true,
  }, Presets.shades_classic);
}
