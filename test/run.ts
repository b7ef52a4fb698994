/**
 * `deno task test [OPTIONS]`: all tests but those that need what a bare machine lacks, by `deno test` with options.
 * Files of one folder share an isolate, as loading what they import takes longer than most files' tests.
 */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Folders whose tests need real weights, a browser or a Slurm. */
const APART: readonly string[] = ["weights", "browser", "slurm"];

/** Folders that take longest, which begin first so that none is left to run by itself. */
const LONGEST: readonly string[] = ["ops/attention", "ops/product", "model/load", "model", "explain"];

/** Names of the test files of each folder, by the folder's path below test. */
function filesByFolder(folder = ""): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const files: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(join(ROOT, "test", folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (name.endsWith("_test.ts")) files.push(path);
    else if (isDirectory && !APART.includes(path)) filesByFolder(path).forEach((own, at) => found.set(at, own));
  }
  if (files.length > 0) found.set(folder, files.sort());
  return found;
}

/** Writes a module for each folder that imports its files. Returns their paths, in the order in which they begin. */
function writeEntries(directory: string): string[] {
  const files = filesByFolder();
  const rest = [...files.keys()].filter((folder) => !LONGEST.includes(folder)).sort();
  return [...LONGEST, ...rest].map((folder) => {
    const path = join(directory, `${folder.replaceAll("/", "_") || "test"}.ts`);
    const urls = files.get(folder)!.map((file) => pathToFileURL(join(ROOT, "test", file)));
    Deno.writeTextFileSync(path, urls.map((url) => `import "${url}";\n`).join(""));
    return path;
  });
}

const entries = Deno.makeTempDirSync({ prefix: "whence-tests-" });
// The tests get the signal as well, and end first.
Deno.addSignalListener("SIGINT", () => {});
try {
  const tests = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--parallel", ...Deno.args, ...writeEntries(entries)],
    cwd: ROOT,
    env: { LP_NUM_THREADS: "1", DENO_JOBS: String(navigator.hardwareConcurrency + 1) },
  });
  Deno.exitCode = (await tests.spawn().status).code;
} finally {
  Deno.removeSync(entries, { recursive: true });
}
