import assert from "node:assert/strict";
import { readSources } from "../house/source_files.ts";
import { allKernels, TARGETS } from "./all_kernels.ts";
import { componentStores } from "./component_stores.ts";

const KERNELS = allKernels();

Deno.test("allKernels() makes a kernel of every shader that has an entry point", async () => {
  // Each begins with lines of its own, which its kernels keep.
  const shaders = [...await readSources(["shaders"], [".wgsl"])].filter(([, text]) => text.includes("@compute"));
  const begins = new Map(shaders.map(([path, text]) => [path, text.split("\n").slice(0, 3).join("\n")]));
  assert.equal(new Set(begins.values()).size, shaders.length);
  const missing = [...begins].filter(([, lines]) => !KERNELS.some(({ code }) => code.includes(lines)));
  assert.deepEqual(missing.map(([path]) => path), []);
});

Deno.test("allKernels() makes each text once, and some for each kind of adapter alone", () => {
  assert.equal(new Set(KERNELS.map(({ code }) => code)).size, KERNELS.length);
  for (const target of TARGETS) {
    const others = new Set(allKernels(TARGETS.filter((other) => other !== target)).map(({ code }) => code));
    assert.ok(KERNELS.some(({ code }) => !others.has(code)), JSON.stringify(target));
  }
});

Deno.test("no kernel stores single components of a vector that threads share", () => {
  const stores = KERNELS.flatMap(({ label, code }) => componentStores(code).map((store) => `${label}: ${store}`));
  assert.deepEqual(stores, []);
});
