import { parse } from "npm:csv-parse@7/sync";
import { join } from "node:path";

/** Files that name the process and the time. */
const OF_THE_RUN = ["lock", "manifest.json"];
/** Numbers of a record that depend on the cells that the process has computed before it. */
const BYTES = /"(?:predicted|peak)Bytes": \d+/g;

/** Reads the results below an output directory by file, without what depends on the process. */
export function readResults(directory: string, below = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(join(directory, below))) {
    const path = join(below, name);
    if (isDirectory) Object.assign(found, readResults(directory, path));
    else if (!OF_THE_RUN.includes(path)) found[path] = contentOf(join(directory, path));
  }
  return found;
}

/** Finds the files that differ between two outputs, by name. */
export function differentFiles(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name]).sort();
}

function contentOf(path: string): string {
  const text = new TextDecoder("latin1").decode(Deno.readFileSync(path));
  if (path.endsWith(".json")) return text.replace(BYTES, "");
  if (!path.endsWith("results.csv")) return text;
  const rows: Record<string, string>[] = parse(text, { columns: true });
  return JSON.stringify(rows.map((row) => Object.entries(row).filter(([name]) => !/bytes/i.test(name))));
}
