import { Buffer } from "node:buffer";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { parse } from "npm:csv-parse@7/sync";
import { parquetReadObjects } from "npm:hyparquet@1";

/** Files that name the process and the time. */
const OF_THE_RUN = ["lock", "manifest.json"];
/** Numbers of a record that depend on the cells that the process has computed before it. */
const BYTES = /"(?:predicted|peak)Bytes": \d+/g;

/** Reads the results below an output directory by file, without what depends on the process. */
export async function readResults(directory: string, below = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(join(directory, below))) {
    const path = join(below, name);
    if (isDirectory) Object.assign(found, await readResults(directory, path));
    else if (!OF_THE_RUN.includes(path)) found[path] = await contentOf(join(directory, path));
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

async function contentOf(path: string): Promise<string> {
  const bytes = Deno.readFileSync(path);
  if (path.endsWith("results.parquet")) {
    const { buffer, byteOffset, byteLength } = bytes;
    const rows = await parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + byteLength) });
    return withoutBytes(rows);
  }
  const text = new TextDecoder("latin1").decode(bytes);
  if (path.endsWith(".json")) return text.replace(BYTES, "");
  if (path.endsWith("report.html")) return pageText(text);
  return path.endsWith("results.csv") ? withoutBytes(parse(text, { columns: true })) : text;
}

function withoutBytes(rows: readonly Record<string, unknown>[]): string {
  const shown = rows.map((row) => Object.entries(row).filter(([name]) => !/bytes/i.test(name)));
  return JSON.stringify(shown, (_, value) => typeof value === "bigint" ? String(value) : value);
}

/** A page with its cells unpacked, whose lengths follow from what they are. */
function pageText(page: string): string {
  const [index, packed] = ["index", "packed"].map((id) => new RegExp(`id="${id}">([^<]*)<`).exec(page)![1]);
  const { texts, cells, ...others } = JSON.parse(index);
  let at = 0;
  const parts = [...texts, ...cells].map((length: number) => {
    const part = inflateRawSync(Buffer.from(packed.slice(at, at += length), "base64"));
    return part.toString("utf8").replace(/at most [\d.]+ [KMG]?i?B/, "");
  });
  return page.replace(index, JSON.stringify(others)).replace(packed, parts.join("\n"));
}
