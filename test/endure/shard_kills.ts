import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { diceOf } from "../fuzz/dice.ts";
import { startStopwatch } from "../../src/time/stopwatch.ts";
import { differentFiles, readResults } from "./read_results.ts";
import { cellsThat, runSweep, type SweepEnd } from "./sweep_process.ts";

/** Script of a shard, which takes a directory, its number, a number of prompts and a model. */
export const SHARD: string = fileURLToPath(new URL("./shard_process.ts", import.meta.url));

/** A sweep by shards that are killed. */
interface ShardedSweep {
  readonly prompts: number;
  readonly shards: number;
  readonly kills: number;
  readonly model: "closed-form" | "embedded";
  readonly seed?: number;
}

/** Facts about such a sweep. */
interface ShardReport {
  readonly kills: number;
  readonly cells: number;
  /** Of the directory with the merged results, without the copies of records that a summary of few cells links to. */
  readonly files: number;
  /** Seconds from the start of a process that goes on with almost all cells stored to its end, its tables left out. */
  readonly resume: number;
  /** Seconds and MiB of a merge of all cells. */
  readonly merge: number;
  readonly mebibytes: number;
}

/** Milliseconds after a line, and after the start of a process that is killed before its first line. */
const [AFTER, BEFORE] = [250, 2500];

/**
 * Computes a sweep by shards at once, kills them at random moments and starts them again, until all are done. No cell
 * that was stored may be computed again, and the merged results must be those of one process that nothing disturbed, to
 * the byte.
 *
 * @param directory in which the sweeps write; removed by the caller
 */
export async function killShards(
  { prompts, shards, kills, model, seed = 1 }: ShardedSweep,
  directory: string,
): Promise<ShardReport> {
  const cwd = async (name: string) => {
    await Deno.mkdir(`${directory}/${name}`);
    return `${directory}/${name}`;
  };
  const args = (part: string) => ["out", part, String(prompts), model];
  const dice = diceOf("shards", seed, 0);
  const place = await cwd("shards");
  let killed = 0;
  const each = Math.ceil(kills / shards);
  const computed: string[] = [];
  const work = async (number: number) => {
    while (true) {
      const doom = killed < kills ? momentOf(2 * prompts / shards / each) : undefined;
      const end = await runSweep({ script: SHARD, args: args(`${number}/${shards}`), cwd: place, doom });
      assert.ok(end.killed || end.code === 0, end.errors);
      assert.deepEqual(cellsThat("failed", end), []);
      computed.push(...cellsThat("computed", end));
      if (!end.killed) return;
      killed++;
    }
  };
  const momentOf = (lines: number) =>
    dice.oneIn(4)
      ? { lines: 0, milliseconds: dice.below(BEFORE) }
      : { lines: dice.below(Math.ceil(2 * lines)), milliseconds: dice.below(AFTER) };
  await Promise.all(Array.from({ length: shards }, (_, k) => work(k + 1)));
  assert.equal(new Set(computed).size, computed.length, "no stored cell is computed again");

  const seconds = startStopwatch();
  const merged = await runSweep({ script: SHARD, args: args("merge"), cwd: place });
  const merge = seconds();
  assert.ok(merged.lines.includes("missing 0 failed 0"), merged.errors + merged.lines);
  const whole = await runSweep({ script: SHARD, args: args("whole"), cwd: await cwd("whole") });
  assert.equal(whole.code, 0, whole.errors);
  const [found, expected] = await Promise.all(
    ["shards", "whole"].map((name) => resultsOf(`${directory}/${name}/out`)),
  );
  assert.deepEqual(differentFiles(found, expected), []);
  return {
    ...{ kills: killed, cells: 2 * prompts, merge, mebibytes: mebibytesOf(merged) },
    files: Object.keys(await readResults(`${place}/out`)).filter((name) => !name.startsWith("cells/")).length,
    resume: await resumeSeconds(`${directory}/whole`, args("whole")),
  };
}

/** Results but for the records themselves, which lie in other files. */
async function resultsOf(directory: string): Promise<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(await readResults(directory)).filter(([name]) => !/^(?:records|cells)\//.test(name)),
  );
}

function mebibytesOf({ lines }: SweepEnd): number {
  return Number(lines.find((line) => line.startsWith("memory "))?.split(" ")[1]);
}

/** Cuts the last record off, and measures how long it takes until that cell is computed again. */
async function resumeSeconds(cwd: string, args: readonly string[]): Promise<number> {
  const records = `${cwd}/out/records/main.records`;
  if (!await Deno.stat(records).then(() => true, () => false)) return 0;
  await Deno.truncate(records, (await Deno.stat(records)).size - 1);
  const seconds = startStopwatch();
  let until = 0;
  const onLine = (line: string) => {
    if (line.startsWith("computed ")) until = seconds();
  };
  const end = await runSweep({ script: SHARD, args, cwd, onLine });
  assert.equal(cellsThat("computed", end).length, 1, end.errors);
  return until;
}
