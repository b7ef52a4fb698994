import assert from "node:assert/strict";
import { join } from "node:path";
import { openResultStore } from "../../../src/experiment/run/result_store.ts";
import { readRecords } from "../../../src/experiment/store/read_records.ts";
import { openRecordReader, type RecordReader } from "../../../src/experiment/store/record_reader.ts";
import { workerPaths } from "../../../src/experiment/store/record_index.ts";
import { recordJson } from "../../../src/report/text/readable_json.ts";
import { closedFormRecord, FAKE_FINGERPRINT, FAKE_IDENTITY } from "../../explain/closed_form_record.ts";
import { planOf, SWEEP } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";

const { cells: CELLS } = planOf(SWEEP);
const MODEL = { fingerprint: FAKE_FINGERPRINT, identity: FAKE_IDENTITY };
const recordOf = (cell: typeof CELLS[number]) => closedFormRecord(cell.text, cell.options);

/** Stores the records of some cells in a file of records, and reads the directory. */
async function withStored(
  cells: typeof CELLS,
  test: (reader: RecordReader, directory: string) => Promise<void> | void,
): Promise<void> {
  await inScratch(async (directory) => {
    const store = await openResultStore(directory, "trial", { kind: "run", packed: true });
    for (const cell of cells) await store.write(cell, recordOf(cell));
    store.close();
    const reader = openRecordReader(directory);
    try {
      await test(reader, directory);
    } finally {
      reader.close();
    }
  });
}

Deno.test("openRecordReader() reads records of either layout, those of a file of records first", () =>
  withStored(CELLS.slice(0, 2), async (reader, directory) => {
    await Deno.mkdir(join(directory, "cells"));
    for (const cell of CELLS.slice(1, 3)) {
      const record = { ...recordOf(cell), advice: ["alone"] };
      await Deno.writeTextFile(join(directory, "cells", `${cell.id}.json`), recordJson(record));
    }
    const found = CELLS.slice(0, 4).map((cell) => reader.read(cell, MODEL));
    assert.deepEqual(found.map(({ state }) => state), ["record", "record", "record", "missing"]);
    assert.deepEqual(found.map((one) => one.state === "record" && one.record.advice.includes("alone")), [
      ...[false, false, true, false],
    ]);
    assert.deepEqual(CELLS.slice(0, 4).map((cell) => reader.has(cell)), [true, true, true, false]);
  }));

Deno.test("openRecordReader() holds the cells whose records are this model's", () =>
  withStored(CELLS.slice(0, 3), (reader) => {
    assert.deepEqual([...reader.held(CELLS, MODEL)], CELLS.slice(0, 3));
    assert.deepEqual([...reader.held(CELLS, { ...MODEL, identity: "sha256:00" })], []);
    const read = reader.read(CELLS[0], { ...MODEL, identity: "sha256:00" });
    assert.ok(read.state === "unusable" && read.reason.startsWith("the weights are the same, but"));
  }));

Deno.test("openRecordReader() does not hold a cell whose record is damaged", () =>
  withStored(CELLS.slice(0, 3), (_, directory) => {
    const { records } = workerPaths(directory, "main");
    const bytes = Deno.readFileSync(records);
    bytes[Math.floor(bytes.length / 2)] ^= 1;
    Deno.writeFileSync(records, bytes);
    const reader = openRecordReader(directory);
    assert.deepEqual([...reader.held(CELLS, MODEL)], [CELLS[0], CELLS[2]]);
    assert.equal(reader.read(CELLS[1], MODEL).state, "missing");
    reader.close();
  }));

Deno.test("openRecordReader() tells the error of a cell that failed, until it has a record", () =>
  inScratch(async (directory) => {
    const store = await openResultStore(directory, "trial", { kind: "shard", worker: "shard-1-of-2" });
    store.fail(CELLS[0], "Cannot κ");
    store.fail(CELLS[1], "Cannot");
    await store.write(CELLS[1], recordOf(CELLS[1]));
    store.close();
    const reader = openRecordReader(directory);
    assert.equal(reader.failure(CELLS[0]), "Cannot κ");
    assert.deepEqual(CELLS.slice(0, 3).map((cell) => reader.read(cell, null).state), ["missing", "record", "missing"]);
    assert.deepEqual(CELLS.slice(0, 3).map((cell) => reader.has(cell)), [true, true, false]);
    reader.close();
  }));

Deno.test("readRecords() gives the records of a directory by the ids of their cells, in order", () =>
  withStored([CELLS[2], CELLS[0], CELLS[5]], async (_, directory) => {
    const read = [];
    for await (const { cell, record } of readRecords(directory)) read.push([cell, record.cell]);
    assert.deepEqual(read, [0, 2, 5].map((i) => [CELLS[i].id, CELLS[i].key]).sort());
  }));

Deno.test("readRecords() reads nothing of a directory that is not there", () =>
  inScratch(async (directory) => {
    for await (const _ of readRecords(join(directory, "none"))) assert.fail("a record");
  }));
