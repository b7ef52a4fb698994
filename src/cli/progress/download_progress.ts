import type { DownloadProgress } from "../../model/load/locate_model.ts";
import { bytesText } from "../../report/text/bytes_text.ts";
import { timeLeftText } from "../../time/time_text.ts";
import { startStopwatch } from "../../time/stopwatch.ts";
import { openStatusBar, type StatusBar } from "./status_bar.ts";

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
  const bar = openStatusBar();
  if (bar === null) return await body(undefined);
  try {
    return await body(showDownloads(bar));
  } finally {
    bar.close();
  }
}

/** Shows downloads in a status bar, which is cleared when all are there. */
export function showDownloads(bar: StatusBar): (progress: DownloadProgress) => void {
  const add = sumDownloads(startStopwatch());
  return (progress) => {
    const { share, finished, text } = add(progress);
    if (finished) bar.clear();
    else bar.show({ share, text: `${progress.model} ${text}` });
  };
}
