import assert from "node:assert/strict";
import { join } from "node:path";
import { experiment } from "../../mod.ts";

const CONFIG = `name: tiny
question: Does the exported function run a sweep?
model: embedded
prompts:
  - name: one
    prompt: Michael works as a software engineer.
    target: " He"
sweeps:
  - method: integrated-gradients
    quadrature: gauss-legendre
    steps: [2, 3]
  - method: feature-ablation
    scheme: zero
`;

Deno.test("experiment() runs a file's cells on the embedded model, and finds them stored the second time", async () => {
  const directory = await Deno.makeTempDir({ prefix: "whence-experiment-" });
  try {
    const file = join(directory, "tiny.yaml");
    await Deno.writeTextFile(file, CONFIG);
    const out = join(directory, "out");
    const seen: string[] = [];
    const first = await experiment(file, { out, onCell: ({ status }) => seen.push(status) });
    assert.deepEqual([first.computed, first.stored, first.failed], [3, 0, 0]);
    assert.deepEqual(seen, ["computed", "computed", "computed"]);
    const names = [...Deno.readDirSync(out)].map(({ name }) => name);
    for (const name of ["results.csv", "cells", "plots", "summary.md", "report.html"]) {
      assert.ok(names.includes(name), names.join());
    }
    const again = await experiment(file, { out });
    assert.deepEqual([again.computed, again.stored, again.failed], [0, 3, 0]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("experiment() takes the memory that it is given: too little fails each cell with what would do", async () => {
  const directory = await Deno.makeTempDir({ prefix: "whence-experiment-" });
  try {
    const file = join(directory, "tiny.yaml");
    await Deno.writeTextFile(file, CONFIG);
    const { failed, summary } = await experiment(file, { out: join(directory, "out"), memory: 10240, tuning: "off" });
    assert.equal(failed, 3);
    assert.match(await Deno.readTextFile(summary), /must fit 10240 bytes .* Use --memory \d+B or more/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
