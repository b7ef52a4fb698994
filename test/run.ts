/**
 * `deno task test [OPTIONS]`: all tests but those that need what a bare machine lacks, by `deno test` with options.
 * Files of one folder share an isolate, as loading what they import takes longer than most files' tests.
 */
import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { readSources, ROOT } from "./house/source_files.ts";
import { inScratch } from "./support/in_scratch.ts";

/** Folders whose tests need real weights, a browser or a Slurm. */
const APART: readonly string[] = ["test/weights", "test/browser", "test/slurm"];

/** Folders that take longest, which begin first so that none is left to run by itself. */
const LONGEST: readonly string[] = ["ops/attention", "ops/product", "model/load", "model", "explain"]
  .map((folder) => `test/${folder}`);

/** Writes a module for each folder that imports its files. Returns their paths, in the order in which they begin. */
async function writeEntries(directory: string): Promise<string[]> {
  const paths = [...(await readSources(["test"], ["_test.ts"])).keys()];
  const files = Map.groupBy(paths, (path) => posix.dirname(path));
  const rest = [...files.keys()].filter((folder) => !APART.includes(folder) && !LONGEST.includes(folder));
  return [...LONGEST, ...rest.sort()].map((folder) => {
    const entry = join(directory, `${folder.replaceAll("/", "_")}.ts`);
    const urls = files.get(folder)!.map((path) => pathToFileURL(join(ROOT, path)));
    Deno.writeTextFileSync(entry, urls.map((url) => `import "${url}";\n`).join(""));
    return entry;
  });
}

// The tests get the signal as well, and end first.
Deno.addSignalListener("SIGINT", () => {});
await inScratch(async (entries) => {
  const tests = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--parallel", ...Deno.args, ...await writeEntries(entries)],
    cwd: ROOT,
    env: { LP_NUM_THREADS: "1", DENO_JOBS: String(navigator.hardwareConcurrency + 1) },
  });
  Deno.exitCode = (await tests.spawn().status).code;
});
