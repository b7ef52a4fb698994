import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readEntries, workerPaths, workersOf } from "../../src/experiment/store/record_index.ts";
import { openFile } from "../../src/files/open_file.ts";
import { differentFiles, readResults } from "../endure/read_results.ts";
import { inScratch } from "../support/in_scratch.ts";
import { runCliProcess } from "../support/run_cli.ts";
import { type Cluster, startCluster, until } from "./cluster.ts";

const SWEEP = fileURLToPath(new URL("./sweep.yaml", import.meta.url));
const EXPERIMENT = ["experiment", SWEEP, "--device", "cpu", "--out", "out"];
/** Of the sweep, and those of each of the shards. */
const [CELLS, SHARDS, OWN] = [96, 8, 12];
/** Milliseconds for what waits for Slurm, on a machine that does much else. */
const LONG = 300_000;

/** Runs the command in a directory, where it must end with an exit code. Returns what it writes. */
async function command(directory: string, args: string[], { env }: Pick<Cluster, "env">, wanted = 0): Promise<string> {
  const { code, stdout, stderr } = await runCliProcess([...EXPERIMENT, ...args], env, [], directory);
  assert.equal(code, wanted, stderr);
  return stdout;
}

/** Signals the process that computes a shard of so many, when its first cell is stored and others are not. */
async function signalAmid(out: string, shard: number, count: number, signal: Deno.Signal): Promise<number> {
  const { records, lock } = workerPaths(out, `shard-${shard}-of-${count}`);
  const size = () => {
    try {
      return Deno.statSync(records).size;
    } catch {
      return 0;
    }
  };
  const start = performance.now();
  while (size() === 0) {
    assert.ok(performance.now() - start < LONG, `no cell of shard ${shard} comes`);
    await new Promise((done) => setTimeout(done, 3));
  }
  const pid = Number(/^process (\d+) on/.exec(Deno.readTextFileSync(lock))?.[1]);
  Deno.kill(pid, signal);
  return pid;
}

/** Keys of the cells of all records, one for each time that it was computed. */
function storedKeys(out: string): string[] {
  return workersOf(out).flatMap((worker) => {
    const paths = workerPaths(out, worker);
    const file = openFile(paths.records);
    try {
      return readEntries(paths, file).entries.map(({ head }) => head.key);
    } finally {
      file.close();
    }
  });
}

/** Tables, summary, report and plots, but for what tells how long it took. */
async function resultsOf(out: string): Promise<Record<string, string>> {
  const all = Object.entries(await readResults(out)).filter(([name]) => !/^(?:records|cells|slurm)\b/.test(name));
  return Object.fromEntries(all.map(([name, text]) => [name, withoutTimes(name, text)]));
}

function withoutTimes(name: string, text: string): string {
  const untold = text.replace(/\S+ s of computing/, "");
  if (/^results\./.test(name)) return untold.replace(/\["seconds",[^\]]*\]/g, "");
  if (name === "summary.md") return untold.replace(/ [^|\n]* \|$/gm, "");
  return name === "report.html" ? untold.replace(/("seconds","values":\[)[^\]]*|"cost","[^ ]+ s/g, "") : untold;
}

function jobsOf(out: string): { readonly array: string; readonly merge: string } {
  return JSON.parse(Deno.readTextFileSync(`${out}/slurm/submission.json`));
}

async function ended({ ask }: Cluster): Promise<void> {
  await until("the end of all jobs", async () => await ask("squeue", "-h") === "", LONG);
}

/** An array with a task that is killed and one that is timed out, both in the middle, and so queued again. */
async function disturbedArray(directory: string, cluster: Cluster): Promise<void> {
  const out = `${directory}/out`;
  const said = await command(directory, ["--slurm", String(SHARDS), "--sbatch", "--time=10"], cluster);
  assert.match(said, /^Array \d+: 8 of 8 shards .*\nMerge \d+: /);
  const { array, merge } = jobsOf(out);
  const [held] = await Promise.all([
    signalAmid(out, 1, SHARDS, "SIGSTOP"),
    signalAmid(out, 2, SHARDS, "SIGKILL"),
  ]);
  const before = storedKeys(out);
  // Slurm gives notice 90 s before, and looks each 30 s for whom it concerns.
  await cluster.ask("scontrol", "update", `JobId=${array}_1`, "TimeLimit=2");
  const log = (task: number) => Deno.readTextFileSync(`${out}/slurm/${array}_${task}.log`);
  const status = await command(directory, ["--status"], cluster);
  assert.match(status, /^ +1 +12 +\d+ +0 +\d+ +RUNNING/m);
  assert.match(
    status,
    new RegExp(`^${CELLS} cells: \\d+ done, 0 failed, \\d+ missing\nMerge ${merge}: PENDING \\(Dep`, "m"),
  );
  const whole = `${directory}/whole`;
  Deno.mkdirSync(whole);
  await command(whole, ["--threads", "1"], cluster);
  await until("the notice of the end of its time", () => log(1).includes("its time ends soon"), LONG);
  // Or it would be told so at its next start, too.
  await cluster.ask("scontrol", "update", `JobId=${array}_1`, "TimeLimit=10");
  Deno.kill(held, "SIGCONT");
  await ended(cluster);

  for (const [task, code] of [[1, 143], [2, 137]] as const) {
    assert.match(log(task), new RegExp(`ended with ${code}: queued again[^]* start 2\n`));
    const end = /12 of 96 cells: (\d+) computed, (\d+) already there, 0 failed/.exec(log(task));
    assert.ok(end !== null, log(task));
    const [, computed, stored] = end;
    assert.equal(Number(computed) + Number(stored), OWN, log(task));
    assert.ok(Number(stored) >= 1 && Number(computed) >= 1, `it was not disturbed in the middle:\n${log(task)}`);
  }
  const keys = storedKeys(out);
  assert.deepEqual(before.filter((key) => !keys.includes(key)), []);
  assert.deepEqual([keys.length, new Set(keys).size], [CELLS, CELLS], "a cell that was stored is computed again");
  assert.match(
    Deno.readTextFileSync(`${out}/slurm/merge_${merge}.log`),
    /^0 cells computed, 96 already there, 0 failed$/m,
  );
  const [found, expected] = [await resultsOf(out), await resultsOf(`${whole}/out`)];
  assert.deepEqual(differentFiles(found, expected), []);
  for (const name of ["report.html", "results.csv", "results.parquet", "summary.md"]) assert.ok(found[name], name);
  assert.match(await command(directory, ["--slurm", String(SHARDS)], cluster), /^All 96 cells are there/);
}

/** An array with a task that somebody ends: it stays so, and the merge says how to submit it again. */
async function cancelledArray(directory: string, cluster: Cluster): Promise<void> {
  const out = `${directory}/out`;
  await command(directory, ["--slurm", "2"], cluster);
  const { array, merge } = jobsOf(out);
  await signalAmid(out, 2, 2, "SIGSTOP");
  const again = await runCliProcess([...EXPERIMENT, "--slurm", "2"], cluster.env, [], directory);
  assert.match(again.stderr, /^error: Cannot submit as the jobs \d+ and \d+ .* must have ended: got .* RUNNING/);
  await cluster.ask("scancel", `${array}_2`);
  await ended(cluster);
  const log = Deno.readTextFileSync(`${out}/slurm/merge_${merge}.log`);
  assert.match(log, /They are those of the shards 2\.\n.*submit these shards again.*\n.* --slurm again\n/);
  assert.match(await command(directory, ["--status"], cluster), /^ +2 +48 +\d+ +0 +[1-9]\d* +CANCELLED/m);
  assert.match(await command(directory, ["--slurm", "again"], cluster), /: 1 of 2 shards lack cells/);
  await ended(cluster);
  const keys = storedKeys(out);
  assert.deepEqual([keys.length, new Set(keys).size], [CELLS, CELLS]);
}

Deno.test("an array of jobs on Slurm", (test) =>
  inScratch(async (directory) => {
    const folder = (name: string) => {
      Deno.mkdirSync(`${directory}/${name}`);
      return `${directory}/${name}`;
    };
    const cluster = await startCluster(folder("cluster"));
    try {
      await test.step("a task killed and one timed out are queued again, and nothing stored is computed again", () =>
        disturbedArray(folder('a job\'s "50%" $(id)'), cluster));
      await test.step("a task that is cancelled is not queued again, and --slurm again submits it alone", () =>
        cancelledArray(folder("cancelled"), cluster));
      await test.step("sbatch's refusal is told in its own words", async () => {
        const args = [...EXPERIMENT, "--slurm", "2", "--sbatch", "--partition=none"];
        const { code, stderr } = await runCliProcess(args, cluster.env, [], folder("refused"));
        assert.match(stderr, /^error: Cannot submit .*array\.sh as sbatch must take it: got invalid partition .* none/);
        assert.equal(code, 1);
      });
    } finally {
      await cluster.stop();
    }
  }));
