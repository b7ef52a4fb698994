import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openResultStore, readStored, type StoredRecord } from "../../../src/experiment/run/result_store.ts";
import { closedFormRecord, FAKE_FINGERPRINT } from "../../explain/closed_form_record.ts";
import { planOf, SWEEP } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";

const [CELL] = planOf(SWEEP).cells;
const RECORD = closedFormRecord(CELL.text, CELL.options);

/** Reads what a directory holds in place of the cell's record. */
async function readInPlace(stored: unknown, fingerprint: string | null = FAKE_FINGERPRINT): Promise<StoredRecord> {
  let read: StoredRecord | undefined;
  await inScratch(async (directory) => {
    await Deno.mkdir(join(directory, "cells"));
    await Deno.writeTextFile(join(directory, "cells", `${CELL.id}.json`), JSON.stringify(stored));
    read = readStored(directory, CELL, fingerprint);
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
  const other = await readInPlace(RECORD, "sha256:00");
  assert.deepEqual(other, { state: "unusable", reason: `it was computed with another model, ${FAKE_FINGERPRINT}` });
});

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
  assert.deepEqual(read, { state: "record", record: { ...JSON.parse(JSON.stringify(RECORD)), later: 1 } });
});

/** The experiment whose results at commit d7b275b lie in test/golden/records. */
const EARLIER = `name: two
question: Do results of an earlier version still open?
model: embedded
device: reference
prompts:
  - name: clara
    prompt: Clara works as a baker in Tampa, Florida. On weekends, she likes
    target: " skating in the park"
sweeps:
  - method: integrated-gradients
    baseline: mean
    quadrature: gauss-legendre
    steps: 3
  - method: feature-ablation
    scheme: zero
`;
const EARLIER_FINGERPRINT = "sha256:ac18b6a917cf12faee638053339c6c8bd16cdf6e6bb98f9cdc1f816e713bac13";
const EARLIER_RECORDS = fileURLToPath(new URL("../../golden/records/", import.meta.url));

Deno.test("readStored() finds the results of an earlier version: same cells, same names, same schema", () =>
  inScratch(async (directory) => {
    const { cells } = planOf(EARLIER);
    const names = cells.map(({ id }) => `${id}.json`);
    assert.deepEqual(names.toSorted(), Array.from(Deno.readDirSync(EARLIER_RECORDS), ({ name }) => name).toSorted());
    const store = await openResultStore(directory, "two");
    for (const name of names) await Deno.copyFile(join(EARLIER_RECORDS, name), store.path(join("cells", name)));
    store.close();
    assert.deepEqual(cells.map((cell) => readStored(directory, cell, EARLIER_FINGERPRINT).state), ["record", "record"]);
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
