import assert from "node:assert/strict";
import { dirname } from "node:path";
import { openPackedRecords } from "../../../src/experiment/store/packed_records.ts";
import { workerPaths } from "../../../src/experiment/store/record_index.ts";
import { openWorkerFile } from "../../../src/experiment/store/worker_file.ts";
import { inScratch } from "../../support/in_scratch.ts";

const NAMES = ["one", "two", "three", "four", "five"];
const head = (key: string, time = 0) => ({ kind: "record", id: `id ${key} κ`, key, model: "m", time } as const);
const bytes = (text: string) => new TextEncoder().encode(text.repeat(9));

/** Appends entries as one process. */
async function append(directory: string, names: readonly string[], worker = "main", time = 0): Promise<void> {
  const file = await openWorkerFile(directory, worker);
  for (const name of names) file.append(head(name, time), bytes(`${worker} ${name} WHR1 `));
  file.close();
}

/** Bodies of the latest entries, by key. */
function bodiesOf(directory: string): Record<string, string> {
  const records = openPackedRecords(directory);
  try {
    return Object.fromEntries([...records.cells.keys()].map((key) => {
      const [latest] = records.entriesOf(key);
      return [key, new TextDecoder().decode(latest.body)];
    }));
  } finally {
    records.close();
  }
}

const keysOf = (directory: string) => Object.keys(bodiesOf(directory));
const indexOf = (directory: string) =>
  Deno.readTextFileSync(workerPaths(directory, "main").index).trim().split("\n").map((line) => JSON.parse(line)[2]);

Deno.test("openWorkerFile() appends to what is there, and names it in the index", () =>
  inScratch(async (directory) => {
    await append(directory, NAMES.slice(0, 2));
    await append(directory, NAMES.slice(2));
    assert.deepEqual(keysOf(directory), NAMES);
    assert.deepEqual(indexOf(directory), NAMES);
  }));

Deno.test("a worker's file that is cut at any byte keeps its whole entries, and goes on behind them", () =>
  inScratch(async (directory) => {
    await append(directory, NAMES);
    const paths = workerPaths(directory, "main");
    const [records, index] = [Deno.readFileSync(paths.records), Deno.readFileSync(paths.index)];
    const ends = new TextDecoder().decode(index).trim().split("\n").map((line) => JSON.parse(line))
      .map(([, , , , , at, length]) => at + length);
    for (let length = 0; length <= records.length; length += 5) {
      Deno.writeFileSync(paths.records, records.subarray(0, length));
      // The index may be behind, ahead, or torn itself.
      Deno.writeFileSync(paths.index, index.subarray(0, (37 * length) % index.length));
      const whole = NAMES.filter((_, i) => ends[i] <= length);
      assert.deepEqual(keysOf(directory), whole, `read, cut to ${length}`);
      await append(directory, ["six"]);
      assert.deepEqual(keysOf(directory), [...whole, "six"], `appended, cut to ${length}`);
      assert.deepEqual(indexOf(directory), [...whole, "six"], `index, cut to ${length}`);
    }
  }));

for (const what of ["no index", "an index"] as const) {
  Deno.test(`a worker's file with ${what} and a damaged byte loses the entry that it is in, and no other`, () =>
    inScratch(async (directory) => {
      await append(directory, NAMES);
      const paths = workerPaths(directory, "main");
      const [, , , , , at, length] = JSON.parse(Deno.readTextFileSync(paths.index).split("\n")[2]);
      const records = Deno.readFileSync(paths.records);
      if (what === "no index") Deno.removeSync(paths.index);
      for (let place = at; place < at + length; place += 3) {
        const damaged = records.slice();
        damaged[place] ^= 0x55;
        Deno.writeFileSync(paths.records, damaged);
        const opened = openPackedRecords(directory);
        const kept = NAMES.filter((name) => [...opened.entriesOf(name)].length > 0);
        opened.close();
        assert.deepEqual(kept, NAMES.filter((name) => name !== "three"), `byte ${place - at}`);
      }
    }));
}

Deno.test("a worker's file that is removed while it is open is made again", () =>
  inScratch(async (directory) => {
    const file = await openWorkerFile(directory, "main");
    file.append(head("one"), bytes("one"));
    Deno.removeSync(dirname(workerPaths(directory, "main").records), { recursive: true });
    file.append(head("two"), bytes("two"));
    file.close();
    assert.deepEqual(keysOf(directory), ["two"]);
  }));

Deno.test("a file of records is held by one process, and files of other workers are not", () =>
  inScratch(async (directory) => {
    const file = await openWorkerFile(directory, "a");
    await assert.rejects(openWorkerFile(directory, "a"), /must be free: got it held by process/);
    (await openWorkerFile(directory, "b")).close();
    file.close();
    (await openWorkerFile(directory, "a")).close();
  }));

Deno.test("openPackedRecords() takes the later entry of a file, and of two files the one of the later clock", () =>
  inScratch(async (directory) => {
    await append(directory, ["one", "two"], "b", 20);
    await append(directory, ["one"], "a", 10);
    await append(directory, ["two"], "a", 30);
    const file = await openWorkerFile(directory, "c");
    file.append(head("three", 9), bytes("early"));
    file.append(head("three", 1), bytes("late"));
    file.append({ ...head("three", 50), kind: "failure" }, bytes("failed"));
    file.close();
    const found = Object.entries(bodiesOf(directory)).map(([key, body]) => `${key}: ${body.slice(0, 5)}`);
    assert.deepEqual(found.sort(), ["one: b one", "three: latel", "two: a two"]);
  }));

Deno.test("openPackedRecords() sees what another process has written and not yet named in its index", () =>
  inScratch(async (directory) => {
    const file = await openWorkerFile(directory, "main");
    file.append(head("one"), bytes("one"));
    assert.equal(Deno.readTextFileSync(workerPaths(directory, "main").index), "");
    assert.deepEqual(keysOf(directory), ["one"]);
    file.close();
  }));
