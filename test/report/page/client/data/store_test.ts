import assert from "node:assert/strict";
import { openStore } from "../../../../../src/report/page/client/data/store.ts";
import { packJson } from "../../../../../src/report/page/pack.ts";

Deno.test("openStore() reads each cell with its text, and one that is open once", async () => {
  const texts = ["α", "β"].map((text) => packJson({ prompt: [text] }));
  const cells = Array.from({ length: 40 }, (_, i) => packJson({ title: `cell ${i}` }));
  const index = {
    ...{ title: "", columns: [], first: 0, ids: cells.map((_, i) => `${i}`), textOf: cells.map((_, i) => i % 2) },
    texts: texts.map(({ length }) => length),
    cells: cells.map(({ length }) => length),
  };
  const store = openStore(index, [...texts, ...cells].join(""));
  for (const i of [0, 39, 7]) {
    const { id, cell, text } = await store.open(i);
    assert.deepEqual([id, cell.title, text.prompt], [`${i}`, `cell ${i}`, [i % 2 === 0 ? "α" : "β"]]);
  }
  assert.equal(store.open(7), store.open(7));
  const first = store.open(0);
  for (let i = 1; i < 40; i++) await store.open(i);
  assert.notEqual(store.open(0), first, "the oldest is given up");
});
