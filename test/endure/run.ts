/**
 * `deno task endure`: disturbs runs, and holds their ends against those of runs that nothing disturbed. `--kills 200`,
 * `--seed`. Full and read-only disks need leave to mount; where it is lacking, that is said, and CI=true fails.
 */
import { parseArgs } from "node:util";
import { startStopwatch } from "../../src/time/stopwatch.ts";
import { cacheHindered, sweepHindered, sweepRemoved } from "./disturbances.ts";
import { killSweeps } from "./kills.ts";
import { killShards } from "./shard_kills.ts";
import { mountSmallDisk } from "./small_disk.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    kills: { type: "string", default: "200" },
    prompts: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
  },
});

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

let failures = 0;

/** Runs a check in a directory of its own and says how it went. */
async function hold(name: string, check: (directory: string) => Promise<string>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "whence_endure_" });
  const seconds = startStopwatch();
  try {
    say(`ok       ${name}: ${await check(directory)} (${seconds().toFixed(0)} s)`);
  } catch (error) {
    failures++;
    say(`FAILED   ${name} (${seconds().toFixed(0)} s)\n${(error as Error).message}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const LIMIT = { fileBlocks: 8 };
await hold("a sweep whose files may not grow", async (at) => `${await sweepHindered(at, LIMIT)} cells before it ended`);
await hold("a cache whose files may not grow", async (at) => {
  await cacheHindered(at, LIMIT);
  return "the weights are the same";
});
for (const after of [1, 5, 12]) {
  await hold(`a sweep whose directory goes after ${after} cells`, async (at) => {
    const { code } = await sweepRemoved(at, after);
    return code === 0 ? "it went on" : "it ended with a sentence";
  });
}
const disk = await mountSmallDisk();
if (disk === null) {
  say("MISSING  full and read-only disks: this user may not mount");
  if (Deno.env.get("CI") === "true") failures++;
} else {
  const on = async (name: string) => {
    const directory = `${disk.directory}/${name}`;
    await Deno.mkdir(directory);
    return directory;
  };
  const { full, readOnly } = disk;
  await hold("a sweep on a full disk", async () => `${await sweepHindered(await on("a"), full)} cells before it ended`);
  await Deno.remove(`${disk.directory}/a`, { recursive: true });
  await hold("a cache on a full disk", async () => {
    await cacheHindered(await on("b"), full);
    return "the weights are the same";
  });
  await hold("a sweep on a read-only disk", async () => `${await sweepHindered(await on("c"), readOnly)} cells stored`);
  await hold("a cache on a read-only disk", async () => {
    await cacheHindered(await on("d"), readOnly);
    return "the weights are the same";
  });
  await disk.close();
}
await hold("kills under a clock that jumps", async (at) => {
  const { kills, early, sweeps, cells } = await killSweeps(Number(values.kills), at, Number(values.seed));
  return `${kills} kills, ${early} of them before a cell; ${sweeps} sweeps, ${cells} cells, none computed twice`;
});
await hold("shards that are killed", async (at) => {
  const [prompts, shards, kills] = [Number(values.prompts), 4, 50];
  const report = await killShards({ prompts, shards, kills, model: "embedded", seed: Number(values.seed) }, at);
  const { cells, files, resume, merge, mebibytes } = report;
  const seconds = (time: number) => `${time.toFixed(1)} s`;
  const facts = `${report.kills} kills, ${cells} cells by ${shards} shards, none computed twice; ${files} files, ` +
    `${seconds(resume)} to go on, ${seconds(merge)} and ${mebibytes} MiB to merge`;
  // The bounds are those of 20,000 cells on an idle machine with two cores.
  if (files > 40 || resume > 5 || merge > 60 || mebibytes > 1024) throw new Error(facts);
  return facts;
});
Deno.exit(failures === 0 ? 0 : 1);
