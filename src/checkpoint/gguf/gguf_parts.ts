import { type OpenFile, openFile } from "../../files/open_file.ts";
import { isFile } from "../../files/existing_file.ts";
import { shownValue } from "../../files/shown_value.ts";
import { type GgufHeader, type GgufValue, readGgufHeader } from "./gguf_header.ts";
import { MOST_PARTS, partNames } from "./part_names.ts";

/** A GGUF file of a model. A model may be split into several. */
export interface GgufPart {
  readonly file: OpenFile;
  readonly header: GgufHeader;
}

/**
 * Opens a GGUF file and, if it is the first of several, all others: "name-00001-of-00003.gguf" has `split.no` 0 and
 * `split.count` 3. The first has the metadata that count.
 *
 * Source: gguf-split of llama.cpp.
 *
 * @throws {Deno.errors.NotFound} if a file is missing
 * @throws {SyntaxError} if one is malformed, or does not belong to the first
 */
export function openGgufParts(path: string): GgufPart[] {
  const parts: GgufPart[] = [];
  try {
    addPart(parts, path);
    const count = partCount(parts[0].header.metadata, path);
    const paths = count === 1 ? [path] : partNames(path);
    if (paths.length !== count) {
      const ending = `-00001-of-${String(count).padStart(5, "0")}.gguf`;
      throw new SyntaxError(
        `Cannot read ${path} as the first of ${count} files must be named …${ending}: got another name`,
      );
    }
    for (const [i, other] of paths.entries()) {
      if (i === 0) continue;
      if (!isFile(other)) {
        throw new Deno.errors.NotFound(
          `Cannot read ${path} as its part ${i + 1} of ${count} must be ${other}: got none`,
        );
      }
      addPart(parts, other);
      checkSplit(parts[i], i, count);
    }
    checkTensorCount(parts);
    return parts;
  } catch (error) {
    parts.forEach(({ file }) => file.close());
    throw error;
  }
}

function addPart(parts: GgufPart[], path: string): void {
  const file = openFile(path);
  try {
    parts.push({ file, header: readGgufHeader(file) });
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Reads the number of files, 1 if the file is whole. */
function partCount(metadata: ReadonlyMap<string, GgufValue>, path: string): number {
  const count = metadata.get("split.count") ?? 1;
  if (!Number.isSafeInteger(count) || (count as number) > MOST_PARTS) {
    throw new SyntaxError(
      `Cannot read ${path} as split.count must be an integer of at most ${MOST_PARTS}: got ${shownValue(count)}`,
    );
  }
  // gguf-split writes 0 into a file that it has merged.
  if ((count as number) <= 1) return 1;
  const no = metadata.get("split.no") ?? 0;
  if (no !== 0) {
    throw new SyntaxError(
      `Cannot read ${path} as a model of ${count} files must be opened by its first: got one with split.no ${
        shownValue(no)
      }`,
    );
  }
  return count as number;
}

function checkSplit({ file, header: { metadata } }: GgufPart, part: number, count: number): void {
  const [no, of] = [metadata.get("split.no"), metadata.get("split.count")];
  if (no === part && of === count) return;
  throw new SyntaxError(
    `Cannot read ${file.path} as its split.no and split.count must be ${part} and ${count}: got ` +
      `${shownValue(no)} and ${shownValue(of)}`,
  );
}

function checkTensorCount(parts: readonly GgufPart[]): void {
  const [{ file, header: { metadata } }] = parts;
  const must = metadata.get("split.tensors.count");
  const got = parts.reduce((sum, { header }) => sum + header.entries.length, 0);
  if (parts.length === 1 || must === undefined || must === got) return;
  throw new SyntaxError(
    `Cannot read ${file.path} as its parts must have ${shownValue(must)} tensors, by split.tensors.count: got ${got}`,
  );
}
