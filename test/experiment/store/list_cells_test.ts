import assert from "node:assert/strict";
import { join } from "node:path";
import { openResultStore } from "../../../src/experiment/run/result_store.ts";
import { listCells } from "../../../src/experiment/store/list_cells.ts";
import { openNamedRecords, readRecordFile } from "../../../src/experiment/store/named_records.ts";
import { closedFormRecord } from "../../explain/closed_form_record.ts";
import { planOf, SWEEP } from "../../explain/fake_model.ts";
import { inScratch } from "../../support/in_scratch.ts";

const { cells: [ONE, TWO, THREE] } = planOf(SWEEP);

/** A directory with a record in either layout, a cell that failed, and no manifest. */
async function withCells(test: (directory: string) => void): Promise<void> {
  await inScratch(async (directory) => {
    const alone = await openResultStore(directory, "trial");
    await alone.write(ONE, closedFormRecord(ONE.text, ONE.options));
    alone.close();
    const packed = await openResultStore(directory, "trial", { kind: "run", packed: true });
    await packed.write(TWO, closedFormRecord(TWO.text, TWO.options));
    packed.fail(THREE, "Cannot");
    packed.close();
    test(directory);
  });
}

Deno.test("listCells() tells the records of a directory without a manifest, and their files", () =>
  withCells((directory) => {
    const found = listCells(directory).map(({ cell, status, file }) => [cell, status, file]);
    assert.deepEqual(
      found,
      [
        [ONE.id, "left over", join("cells", `${ONE.id}.json`)],
        [TWO.id, "left over", join("records", "main.records")],
      ].sort(),
    );
  }));

Deno.test("openNamedRecords() reads a record in either layout, and knows none of a cell that failed", () =>
  withCells((directory) => {
    const records = openNamedRecords(directory);
    assert.deepEqual(records.names, [ONE.id, TWO.id].sort());
    for (const cell of [ONE, TWO]) assert.equal(records.read(cell.id).cell, cell.key);
    assert.throws(() => records.read(THREE.id), { name: "SyntaxError", message: /as it must have a record: got none/ });
    records.close();
    assert.equal(readRecordFile(join(directory, "cells", `${ONE.id}.json`)).cell, ONE.key);
  }));
