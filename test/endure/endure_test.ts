import assert from "node:assert/strict";
import { inScratch } from "../support/in_scratch.ts";
import { cacheHindered, sweepHindered, sweepRemoved } from "./disturbances.ts";
import { jumpClock } from "./jumping_clock.ts";
import { killSweeps } from "./kills.ts";
import { killShards, SHARD } from "./shard_kills.ts";
import { cellsThat, runSweep } from "./sweep_process.ts";

/** Files of at most 4 KiB: less than a record, and than an entry of the cache. */
const HARDLY = { fileBlocks: 8 };

Deno.test("a sweep of the embedded model that is killed twice, under a clock that jumps, ends as if it was not", () =>
  inScratch(async (directory) => {
    const { kills, sweeps, cells } = await killSweeps(2, directory, 3);
    assert.ok(kills >= 2 && sweeps >= 1 && cells > 0, JSON.stringify({ kills, sweeps, cells }));
  }));

Deno.test("shards that are killed end as one process that nothing disturbed, in a few files", () =>
  inScratch(async (directory) => {
    const { kills, files } = await killShards({ prompts: 20, shards: 2, kills: 3, model: "closed-form" }, directory);
    assert.ok(kills >= 1 && files <= 40, JSON.stringify({ kills, files }));
  }));

Deno.test("a shard on a disk that takes too little says so, and keeps what was taken", () =>
  inScratch(async (cwd) => {
    const shard = { script: SHARD, args: ["out", "1/1", "20", "closed-form"], cwd };
    const hindered = await runSweep({ ...shard, fileBlocks: 64 });
    const [kept, refused] = ["computed", "failed"].map((status) => cellsThat(status as "computed", hindered));
    assert.ok(kept.length > 0 && refused.length > 0, hindered.errors);
    for (const line of hindered.lines) {
      if (line.startsWith("failed ")) assert.match(line, /Cannot write \S+ as its file system must have room/);
    }
    const again = await runSweep(shard);
    assert.equal(again.code, 0, again.errors);
    assert.deepEqual(cellsThat("computed", again).toSorted(), refused.toSorted());
  }));

Deno.test("a sweep on a disk that takes too little says so, and keeps what was taken", () =>
  inScratch(async (directory) => void await sweepHindered(directory, HARDLY)));

Deno.test("weights that the cache takes too little of are the same, and leave nothing there", () =>
  inScratch((directory) => cacheHindered(directory, HARDLY)));

Deno.test("a sweep whose directory is removed while it runs is made whole by another run", () =>
  inScratch(async (directory) => void await sweepRemoved(directory, 4)));

Deno.test("jumpClock() makes the clock go back and forth", () => {
  const RealDate = Date;
  try {
    jumpClock(5);
    const times = Array.from({ length: 50 }, (_, i) => i % 2 ? Date.now() : new Date().getTime());
    assert.ok(times.some((time, i) => i > 0 && time < times[i - 1] - 86_400_000));
    assert.ok(new Date() instanceof RealDate && new Date(0).getTime() === 0 && Date.UTC(1970, 0) === 0);
  } finally {
    globalThis.Date = RealDate;
  }
});
