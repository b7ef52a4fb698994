import assert from "node:assert/strict";
import { readSources } from "../house/source_files.ts";

/**
 * Finds stores of single components of a workgroup vector. WGSL allows them to read, change and write the whole vector,
 * so threads that store components of one vector race: Metal leaves such a result undefined.
 */
function componentStores(source: string): string[] {
  const code = source.replace(/\/\/(?!@)[^\n]*/g, "");
  const vectors = [...code.matchAll(/var<workgroup> (\w+)\s*:\s*(?:array<\s*)?vec[234]/g)].map(([, name]) => name);
  return vectors.flatMap((name) => {
    const stores = [
      ...code.matchAll(new RegExp(`\\b${name}\\s*((?:\\[[^\\n=]*\\]|\\.[xyzwrgba]\\b)+)\\s*[-+*/]?=(?!=)`, "g")),
    ];
    const isArray = new RegExp(`var<workgroup> ${name}\\s*:\\s*array<`).test(code);
    return stores.filter(([, place]) => depthOf(place) > (isArray ? 1 : 0)).map(([store]) => store);
  });
}

/** Number of indices and components of a place. */
function depthOf(place: string): number {
  let depth = 0;
  let count = 0;
  for (const sign of place) {
    if (sign === "[" && depth++ === 0) count++;
    else if (sign === "]") depth--;
    else if (sign === "." && depth === 0) count++;
  }
  return count;
}

Deno.test("componentStores() finds components of vectors, and leaves whole vectors and scalars alone", () => {
  const of = (type: string, store: string) =>
    componentStores(`var<workgroup> tile: ${type};\n  tile${store} = v;\n`).length;
  assert.equal(of("array<vec4f, 256>", "[4u * q + 1u]"), 0);
  assert.equal(of("array<vec4f, 256>", "[row[q]]"), 0);
  assert.equal(of("array<vec4f, 256>", "[4u * q][t % 4u]"), 1);
  assert.equal(of("array<vec4f, 256>", "[q].x"), 1);
  assert.equal(of("vec4f", "[q]"), 1);
  assert.equal(of("vec4f", ".w"), 1);
  assert.equal(of("array<f32, 64>", "[q]"), 0);
});

Deno.test("no kernel stores single components of a workgroup vector", async () => {
  const sources = await readSources(["shaders"], [".wgsl"]);
  assert.ok([...sources.values()].some((source) => /var<workgroup> \w+\s*:\s*array<vec4f/.test(source)));
  const found = [...sources].flatMap(([path, source]) => componentStores(source).map((store) => `${path}: ${store}`));
  assert.deepEqual(found, []);
});
