import assert from "node:assert/strict";
import { join } from "node:path";
import {
  createQuantized,
  openQuantized,
  quantizedFile,
  type QuantizedKey,
  type QuantizedMatrix,
} from "../../../src/checkpoint/cache/quantized_cache.ts";
import { type Nf4Tensor, quantizeNf4 } from "../../../src/quant/nf4.ts";
import { randomValues } from "../../support/random.ts";
import { inScratch } from "../../support/in_scratch.ts";

const KEY: QuantizedKey = { fingerprint: `sha256:${"0".repeat(64)}`, config: "sha256:00", format: "nf4" };
/** The second has an odd number of elements and a block that is not full. */
const MATRICES: readonly QuantizedMatrix[] = [{ name: "a.weight", shape: [6, 64] }, {
  name: "b.weight",
  shape: [3, 43],
}];
const TENSORS: readonly Nf4Tensor[] = MATRICES.map(({ shape }, i) =>
  quantizeNf4(randomValues(shape[0] * shape[1], i), [...shape])
);

function keep(directory: string): string {
  const path = quantizedFile(KEY, directory);
  const writer = createQuantized(path, KEY, "model", MATRICES);
  for (const tensor of TENSORS) writer.write(tensor);
  writer.keep();
  return path;
}

function readAll(path: string): Nf4Tensor[] {
  const entry = openQuantized(path, MATRICES)!;
  try {
    return MATRICES.map((matrix) => entry.read(matrix));
  } finally {
    entry.close();
  }
}

Deno.test("openQuantized() gives back what was kept, bit for bit", () =>
  inScratch((directory) => {
    const path = keep(directory);
    assert.deepEqual(readAll(path), TENSORS);
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => join(directory, name)), [path]);
  }));

Deno.test("openQuantized() finds nothing before an entry is kept, nor after it was given up", () =>
  inScratch((directory) => {
    const path = quantizedFile(KEY, directory);
    const writer = createQuantized(path, KEY, "model", MATRICES);
    writer.write(TENSORS[0]);
    assert.equal(openQuantized(path, MATRICES), null);
    writer.discard();
    assert.equal(openQuantized(path, MATRICES), null);
    assert.deepEqual([...Deno.readDirSync(directory)], []);
  }));

Deno.test("two that write one entry at once leave a whole one", () =>
  inScratch((directory) => {
    const path = quantizedFile(KEY, directory);
    const writers = [1, 2].map(() => createQuantized(path, KEY, "model", MATRICES));
    for (const tensor of TENSORS) writers.forEach((writer) => writer.write(tensor));
    writers[0].keep();
    const early = openQuantized(path, MATRICES)!;
    writers[1].keep();
    // Who has the first open goes on reading it.
    assert.deepEqual(early.read(MATRICES[1]), TENSORS[1]);
    early.close();
    assert.deepEqual(readAll(path), TENSORS);
    assert.equal([...Deno.readDirSync(directory)].length, 1);
  }));

Deno.test("openQuantized() notices every single changed byte and every truncation", () =>
  inScratch((directory) => {
    const path = keep(directory);
    const whole = Deno.readFileSync(path);
    const refused = (bytes: Uint8Array, what: string) => {
      Deno.writeFileSync(path, bytes);
      assert.throws(() => openQuantized(path, MATRICES)?.close(), { name: "SyntaxError" }, what);
    };
    for (let at = 0; at < whole.length; at++) {
      const changed = whole.slice();
      changed[at] ^= 1 << (at % 8);
      refused(changed, `byte ${at}`);
    }
    for (const length of [0, 7, 8, 100, whole.length - 5, whole.length - 1]) {
      refused(whole.slice(0, length), `${length}`);
    }
  }));

Deno.test("openQuantized() refuses an entry of other matrices", () =>
  inScratch((directory) => {
    const path = keep(directory);
    assert.throws(() => openQuantized(path, [{ name: "a.weight", shape: [7, 64] }]), {
      name: "SyntaxError",
      message: /a\.weight\.codes must have 224 bytes: got 192$/,
    });
  }));

Deno.test("quantizedFile() differs with the fingerprint and with the configuration", () => {
  assert.notEqual(quantizedFile(KEY, "d"), quantizedFile({ ...KEY, fingerprint: "sha256:1" }, "d"));
  assert.notEqual(quantizedFile(KEY, "d"), quantizedFile({ ...KEY, config: "sha256:1" }, "d"));
});
