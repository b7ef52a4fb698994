import assert from "node:assert/strict";
import { join } from "node:path";
import type { AttributionRecord } from "../../../src/explain/record/record.ts";
import { openResultStore, readStored, type StoredRecord } from "../../../src/experiment/run/result_store.ts";
import { closedFormRecord, FAKE_FINGERPRINT, FAKE_IDENTITY } from "../../explain/closed_form_record.ts";
import { planOf, SWEEP } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { EARLIER, EARLIER_FINGERPRINT, EARLIER_RECORDS } from "./earlier_records.ts";

const { cells: CELLS } = planOf(SWEEP);
const [CELL] = CELLS;
const RECORD = closedFormRecord(CELL.text, CELL.options);
const MODEL = { fingerprint: FAKE_FINGERPRINT, identity: FAKE_IDENTITY };

const GENERATION = {
  generate: 2,
  temperature: null,
  topK: null,
  topP: null,
  repetitionPenalty: 1,
  seed: null,
  stop: [],
};

const METRICS = {
  scheme: "delete",
  seed: 0,
  sensitivity: { max: 1, mean: 1, samples: 2, radius: 0.1 },
  cost: { calls: 0, forwardRows: 0, backwardRows: 0, seconds: 0 },
};

/** Reads what a directory holds in place of the cell's record. */
async function readInPlace(stored: unknown, model: typeof MODEL | null = MODEL): Promise<StoredRecord> {
  let read: StoredRecord | undefined;
  await inScratch(async (directory) => {
    await Deno.mkdir(join(directory, "cells"));
    await Deno.writeTextFile(join(directory, "cells", `${CELL.id}.json`), JSON.stringify(stored));
    read = readStored(directory, CELL, model);
  });
  return read!;
}

/** A record without one of its fields, given by its path. */
function without(path: string): unknown {
  const copy = JSON.parse(JSON.stringify(RECORD));
  const keys = path.split(".");
  const last = keys.pop()!;
  delete keys.reduce((object, key) => object[key], copy)[last];
  return copy;
}

Deno.test("readStored() reads a record of the same model, and of any where none is named", async () => {
  assert.equal((await readInPlace(RECORD)).state, "record");
  assert.equal((await readInPlace(RECORD, null)).state, "record");
  const other = await readInPlace(RECORD, { ...MODEL, fingerprint: "sha256:00" });
  assert.deepEqual(other, { state: "unusable", reason: `it was computed with another model, ${FAKE_FINGERPRINT}` });
});

Deno.test("readStored() refuses a record whose model has the same weights, but is another", async () => {
  const read = await readInPlace(RECORD, { ...MODEL, identity: "sha256:00" });
  assert.ok(read.state === "unusable");
  assert.match(read.reason, /^the weights are the same, but the model's configuration, .* have changed since$/);
});

Deno.test("readStored() tells a record that does not name its model's identity from one that does", async () => {
  const { identity: _, ...model } = RECORD.model;
  const [named, unnamed] = [await readInPlace(RECORD), await readInPlace({ ...RECORD, model })];
  assert.ok(named.state === "record" && named.named);
  assert.ok(unnamed.state === "record" && !unnamed.named);
});

Deno.test("readStored() refuses a record with the key of another cell", async () => {
  assert.equal((await readInPlace({ ...RECORD, cell: CELL.key })).state, "record");
  const read = await readInPlace({ ...RECORD, cell: CELLS[1].key });
  assert.deepEqual(read, { state: "unusable", reason: "it is the record of another cell, by its key" });
});

const FOREIGN: readonly (readonly [part: string, record: AttributionRecord])[] = [
  ["prompt", closedFormRecord({ ...CELL.text, prompt: "to be or not to be" }, CELL.options)],
  ["prompt", { ...RECORD, prompt: { ...RECORD.prompt, history: [{ role: "user", content: "" }] } }],
  ["target", closedFormRecord({ ...CELL.text, target: " sings." }, CELL.options)],
  ["target", { ...RECORD, target: { ...RECORD.target, generation: GENERATION } }],
  ["alternative", { ...RECORD, alternative: { text: " sings.", tokens: [] } }],
  ["method", closedFormRecord(CELL.text, CELLS[1].options)],
  ["metrics", { ...RECORD, metrics: METRICS }],
];

for (const [i, [part, record]] of FOREIGN.entries()) {
  Deno.test(`readStored() refuses a record without a key that is of another cell by its ${part} (${i})`, async () => {
    const read = await readInPlace(record);
    assert.deepEqual(read, { state: "unusable", reason: `it is the record of another cell, by its ${part}` });
  });
}

Deno.test("readStored() finds nothing in an empty directory", () =>
  inScratch((directory) => assert.deepEqual(readStored(directory, CELL, null), { state: "missing" })));

for (const schema of ["whence.attribution/0", "whence.attribution/2", "other/1"]) {
  Deno.test(`readStored() refuses a record of the schema ${schema}, and says to compute it again`, async () => {
    assert.deepEqual(await readInPlace({ ...RECORD, schema }), {
      state: "unusable",
      reason: `Cannot use the record as schema must be whole: got ${schema}, which is not this version's ` +
        "whence.attribution/1; compute it again",
    });
  });
}

for (
  const field of ["schema", "prompt", "prompt.tokens", "score.unit", "completeness.sequence", "advice", "cost.seconds"]
) {
  Deno.test(`readStored() refuses a record without ${field}, by its name`, async () => {
    const read = await readInPlace(without(field));
    assert.ok(read.state === "unusable");
    assert.ok(read.reason.startsWith(`Cannot use the record as ${field} must be whole: got `), read.reason);
  });
}

Deno.test("readStored() keeps fields that a later version adds", async () => {
  const read = await readInPlace({ ...RECORD, later: 1 });
  assert.deepEqual(read, {
    state: "record",
    record: { ...JSON.parse(JSON.stringify(RECORD)), later: 1 },
    named: true,
  });
});

Deno.test("readStored() finds the results of an earlier version: same cells, same names, same schema", () =>
  inScratch(async (directory) => {
    const { cells } = planOf(EARLIER);
    const names = cells.map(({ id }) => `${id}.json`);
    assert.deepEqual(names.toSorted(), Array.from(Deno.readDirSync(EARLIER_RECORDS), ({ name }) => name).toSorted());
    const store = await openResultStore(directory, "two");
    for (const name of names) await Deno.copyFile(join(EARLIER_RECORDS, name), store.path(join("cells", name)));
    store.close();
    const model = { fingerprint: EARLIER_FINGERPRINT, identity: FAKE_IDENTITY };
    assert.deepEqual(cells.map((cell) => readStored(directory, cell, model).state), ["record", "record"]);
  }));

Deno.test("openResultStore() removes what a killed run left half-written, and nothing else", () =>
  inScratch(async (directory) => {
    (await openResultStore(directory, "trial")).close();
    for (const name of ["cells/.a.json.tmp", ".manifest.json.0123abcd.tmp", "cells/a.json"]) {
      await Deno.writeTextFile(join(directory, name), "");
    }
    (await openResultStore(directory, "trial")).close();
    assert.deepEqual(Array.from(Deno.readDirSync(join(directory, "cells")), ({ name }) => name), ["a.json"]);
    const names = Array.from(Deno.readDirSync(directory), ({ name }) => name).toSorted();
    assert.deepEqual(names, ["cells", "lock", "plots"]);
  }));

Deno.test("openResultStore() holds the directory until it is closed", () =>
  inScratch(async (directory) => {
    const store = await openResultStore(directory, "trial");
    await assert.rejects(openResultStore(directory, "trial"), /must be free: got it held by process/);
    store.close();
    (await openResultStore(directory, "trial")).close();
  }));
