import { shownValue } from "../files/shown_value.ts";
import { wholeNumber } from "./argument_values.ts";
import { type Options, parseArguments, UsageError } from "./arguments.ts";
import { terminalWidth } from "./output/terminal.ts";
import { write } from "./write.ts";
import { dayText } from "../time/time_text.ts";
import { PROGRAM } from "./invocation.ts";
import { helpText } from "./output/help_layout.ts";

const HELP =
  `Lists or clears the cache directory of Whence: weights that were quantized at load, digests of weight files, tunings,
and the embedded model of a module that was imported from a URL.

Usage: ${PROGRAM} cache list
       ${PROGRAM} cache prune [--unused DAYS | --all]

  --unused DAYS       remove quantized weights and digests that were not used for that many days (30)
  --all               remove all quantized weights and digests
  --help              this text

prune also removes files that this version cannot read and leftovers of killed processes. It keeps tunings (doctor --tune
makes them) and the embedded model. The directory is WHENCE_CACHE, or whence in the platform's cache directory. With
--no-cache or WHENCE_WEIGHTS_CACHE=off no load reads or writes it.
`;

const OPTIONS = { unused: { type: "string" }, all: { type: "boolean" } } as const satisfies Options;

/** Days of a century: dates before 1970 have no meaning here. */
const MOST_DAYS = 36_525;
const DAY = 24 * 3600 * 1000;

/** Runs `cache` and returns the exit code. */
export async function runCacheCommand(args: string[]): Promise<number> {
  const { values, rest: [action] } = parseArguments(args, OPTIONS, 1);
  if (values.help) {
    write(Deno.stdout, helpText(HELP));
    return 0;
  }
  if (action !== "list" && action !== "prune") {
    throw new UsageError(
      `Cannot use the cache as list or prune must be named: got ${action === undefined ? "none" : shownValue(action)}`,
    );
  }
  const unused = wholeNumber("unused", values.unused, 0, MOST_DAYS);
  if (action === "list" && (unused !== undefined || values.all)) {
    throw new UsageError(`Cannot use --${values.all ? "all" : "unused"} as it is about prune: got list`);
  }
  if (unused !== undefined && values.all) {
    throw new UsageError("Cannot prune as one of --unused and --all must be given: got both");
  }
  const { cacheDirectory } = await import("../checkpoint/cache/cache_directory.ts");
  const directory = cacheDirectory();
  if (action === "list") await list(directory);
  else await prune(directory, values.all ? new Date(8.64e15) : new Date(Date.now() - (unused ?? 30) * DAY));
  return 0;
}

async function list(directory: string): Promise<void> {
  const [{ CACHE_KINDS }, { listCache }, { bytesText }, { textTable }] = await imports();
  const files = listCache(directory);
  const rows = files.filter(({ kind }) => kind === "quantized" || kind === "partial").map((file) => [
    file.kind + (file.usable ? "" : ", of another version"),
    bytesText(file.bytes),
    dayText(file.used),
    file.source ?? "",
  ]);
  // Small files are counted, not listed.
  for (const kind of CACHE_KINDS.filter((name) => name !== "quantized")) {
    const found = files.filter((file) => file.kind === kind);
    const latest = found.reduce((last, { used }) => used > last ? used : last, new Date(0));
    if (found.length > 0) {
      rows.push([kind, bytesText(sumOf(found)), dayText(latest), `${found.length} files`]);
    }
  }
  if (rows.length > 0) {
    write(Deno.stdout, textTable({ head: ["what", "size", "last used", "from"], rows }, terminalWidth()));
  }
  write(Deno.stdout, `${bytesText(sumOf(files))} in ${directory}\n`);
}

async function prune(directory: string, before: Date): Promise<void> {
  const [, { listCache, prunable }, { bytesText }] = await imports();
  const removed = prunable(listCache(directory), before);
  for (const { path } of removed) Deno.removeSync(path);
  write(Deno.stdout, `removed ${removed.length} files, ${bytesText(sumOf(removed))}, from ${directory}\n`);
}

function imports() {
  return Promise.all([
    import("../checkpoint/cache/cache_directory.ts"),
    import("../checkpoint/cache/cache_listing.ts"),
    import("../report/text/bytes_text.ts"),
    import("../report/text/text_table.ts"),
  ]);
}

function sumOf(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
