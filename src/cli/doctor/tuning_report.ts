import { openGpu } from "../../gpu/device.ts";
import { knownClasses, modelClasses } from "../../model/tune/tuned_classes.ts";
import { type ContestResult, textOfChoice, tune } from "../../model/tune/tune.ts";
import { readTuning, tuningKey, writeTuning } from "../../model/tune/tuning_cache.ts";
import { errorText } from "../../files/system_error.ts";
import type { LoadOptions } from "../../model/model.ts";
import { startStopwatch } from "../../time/stopwatch.ts";
import { textTable } from "../../report/text/text_table.ts";
import { write, writeHint } from "../write.ts";
import { withDownloadBar } from "../progress/download_progress.ts";

/** Seconds that tuning takes at most, but for the last candidate's: a dozen families take half of them on a GPU. */
const MOST_SECONDS = 120;

/**
 * Tunes the kernels for a model, or for the usual ones, prints the rate of each candidate, and adds the choices to
 * those in the cache.
 *
 * @returns the exit code
 * @throws {NoAdapterError} if no adapter answers
 */
export async function runTuning(source: string | undefined, options: LoadOptions): Promise<number> {
  const classes = source === undefined
    ? await knownClasses()
    : await withDownloadBar((onDownload) => modelClasses(source, { ...options, onDownload }));
  const gpu = await openGpu();
  try {
    const key = tuningKey(gpu);
    const { tuning: known } = await readTuning(key);
    const results: ContestResult[] = [];
    const spent = startStopwatch();
    const { tuning, left } = await tune(gpu, classes, known.choices, {
      timeIsUp: () => spent() >= MOST_SECONDS,
      onResult(result) {
        results.push(result);
        write(Deno.stderr, `${result.family}: ${textOfChoice(result.winner)}\n`);
      },
    });
    write(Deno.stdout, `${gpu.adapter}; GFLOPS of each candidate, the default first\n\n${tableOf(results)}\n`);
    if (left.length > 0) writeHint(`two minutes were up, and these keep what they had: ${left.join(", ")}`);
    try {
      write(Deno.stdout, `tuning ${tuning.name}, kept in ${await writeTuning(key, tuning)}\n`);
    } catch (error) {
      writeHint(`the tuning is not kept, and the defaults stay in use: ${errorText(error)}`);
    }
    return 0;
  } finally {
    gpu.close();
  }
}

function tableOf(results: readonly ContestResult[]): string {
  const rows = results.flatMap(({ family, contenders, winner }) =>
    contenders.map(({ choice, rate, error }, i) => [
      i === 0 ? family : "",
      textOfChoice(choice) + (i === 0 ? " (default)" : ""),
      rate === null ? "" : (rate / 1e9).toPrecision(3),
      choice === winner ? "chosen" : error ?? "",
    ])
  );
  return textTable({ head: ["kernel", "candidate", "GFLOPS", ""], rows });
}
