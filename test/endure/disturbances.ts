import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { differentFiles, readResults } from "./read_results.ts";
import { cellsThat, QUICK_SWEEP, runSweep, type SweepEnd } from "./sweep_process.ts";

const QUANTIZE = fileURLToPath(new URL("./quantize_process.ts", import.meta.url));

/** A sentence about what a disk refused. */
const REFUSED = /Cannot \w+ \S+ as (?:(?:its (?:disk|file system)|what it lies in|the system) must |it must exist: )/;

/** Means to hinder the writing of files, and to allow it again. */
export interface Hindrance {
  /** Blocks of 512 bytes that a file may have, where the disk itself has room. */
  readonly fileBlocks?: number;
  begin?(): Promise<void>;
  end?(): Promise<void>;
}

/**
 * Runs a sweep in a directory that takes nothing, or not enough, and again when it takes everything. What was refused
 * must be said with the file's name, what was stored must not be computed again, and the end must be that of a sweep
 * that nothing disturbed.
 *
 * @param directory whose subfolder `out` the sweep writes
 * @returns cells that the first run stored
 */
export async function sweepHindered(directory: string, { fileBlocks, begin, end }: Hindrance): Promise<number> {
  await begin?.();
  const hindered = await runSweep({ script: QUICK_SWEEP, cwd: directory, fileBlocks });
  await end?.();
  const failed = hindered.lines.filter((line) => line.startsWith("failed "));
  assert.ok(failed.length > 0 || hindered.code !== 0, "a disk that takes nothing takes everything");
  if (hindered.code !== 0) assert.match(hindered.errors, REFUSED);
  await finishSweep(directory, cellsThat("computed", hindered));
  return cellsThat("computed", hindered).length;
}

/**
 * Removes the directory of a sweep while it runs. The run must go on or end with a sentence, and another run must make
 * everything whole.
 *
 * @param after cells that are stored before it is removed
 */
export async function sweepRemoved(directory: string, after: number): Promise<SweepEnd> {
  let stored = 0;
  const since: string[] = [];
  const onLine = (line: string) => {
    if (!line.startsWith("computed ")) return;
    if (++stored === after) removeAll(`${directory}/out`);
    // The cell in flight may have been written before or after.
    if (stored > after + 1) since.push(line.split(" ")[1]);
  };
  const end = await runSweep({ script: QUICK_SWEEP, cwd: directory, onLine });
  assert.ok(stored >= after, end.errors);
  if (end.code !== 0) assert.match(end.errors, REFUSED);
  await finishSweep(directory, since);
  return end;
}

/** Removes a directory in which another process writes. */
function removeAll(directory: string): void {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      return Deno.removeSync(directory, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
    }
  }
}

/** Runs a sweep to its end and holds its results against those of one that nothing disturbed. */
async function finishSweep(directory: string, kept: readonly string[]): Promise<void> {
  const again = await runSweep({ script: QUICK_SWEEP, cwd: directory });
  assert.equal(again.code, 0, again.errors);
  const computed = new Set(cellsThat("computed", again));
  assert.deepEqual(kept.filter((cell) => computed.has(cell)), [], "cells that were stored are computed again");
  assert.deepEqual(differentFiles(await readResults(`${directory}/out`), await (undisturbed ??= runUndisturbed())), []);
}

/** Results of a sweep that nothing disturbed, which is run once. */
let undisturbed: ReturnType<typeof readResults> | undefined;

async function runUndisturbed(): ReturnType<typeof readResults> {
  const directory = await Deno.makeTempDir({ prefix: "whence_whole_" });
  try {
    assert.equal((await runSweep({ script: QUICK_SWEEP, cwd: directory })).code, 0);
    return await readResults(`${directory}/out`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * Quantizes weights at load with a cache that takes nothing, or not enough, then with one that does, then from it. The
 * weights must be the same, the refusal a hint, and nothing may be left of what was not written whole.
 *
 * @param directory of the cache
 */
export async function cacheHindered(directory: string, { fileBlocks, begin, end }: Hindrance): Promise<void> {
  const load = async (blocks?: number) => {
    const { code, lines, errors } = await runSweep({
      script: QUANTIZE,
      args: [directory],
      cwd: directory,
      fileBlocks: blocks,
    });
    assert.equal(code, 0, errors);
    return { digest: lines.at(-1), hints: lines.slice(0, -1) };
  };
  await begin?.();
  const hindered = await load(fileBlocks);
  const left = filesBelow(`${directory}/quantized`);
  await end?.();
  assert.deepEqual(left, [], "parts of an entry are left");
  assert.match(hindered.hints.join("\n"), REFUSED);
  const kept = await load();
  const read = await load();
  assert.deepEqual([hindered.digest, read.digest], [kept.digest, kept.digest]);
  assert.deepEqual([...kept.hints, ...read.hints], []);
  assert.equal(filesBelow(`${directory}/quantized`).length, 1);
}

function filesBelow(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name);
  } catch {
    // Not even the directory could be made.
    return [];
  }
}
