import assert from "node:assert/strict";
import { componentStores, wholeVectorStores } from "./component_stores.ts";

const of = (declaration: string, store: string) => `${declaration}\nfn main() {\n  ${store}\n}\n`;
const TILE = "var<workgroup> tile: array<vec4f, 256>;";

Deno.test("componentStores() finds components of vectors that threads share, and leaves whole ones alone", () => {
  assert.deepEqual(componentStores(of(TILE, "tile[4u * q][t % 4u] = v[1u];")), ["tile[4u * q][t % 4u] = v[1u];"]);
  assert.deepEqual(componentStores(of(TILE, "tile[row[q]].x += 1.0;")), ["tile[row[q]].x += 1.0;"]);
  const y = "@group(0) @binding(1) var<storage, read_write> y: array<Vec>;";
  assert.equal(componentStores(of(y, "y[at].w = 0.0;")).length, 1);
  for (const store of ["tile[row[q]] = v;", "let a = tile[q][1u];", "if (tile[q].x == 1.0) { return; }"]) {
    assert.deepEqual(componentStores(of(TILE, store)), [], store);
  }
  assert.deepEqual(componentStores(of("var<private> tile: array<vec4f, 2>;", "tile[0].x = 1.0;")), []);
});

Deno.test("wholeVectorStores() reads, changes and writes the whole vector", () => {
  assert.equal(
    wholeVectorStores(of(TILE, "tile[4u * q][t % 4u] = v;")),
    of(TILE, "{ let at_ = 4u * q; var whole_ = tile[at_]; whole_[t % 4u] = v; tile[at_] = whole_; }"),
  );
  assert.equal(
    wholeVectorStores(of(TILE, "tile[q].y += v;")),
    of(TILE, "{ let at_ = q; var whole_ = tile[at_]; whole_.y += v; tile[at_] = whole_; }"),
  );
  assert.equal(wholeVectorStores(of(TILE, "tile[q] = v;")), of(TILE, "tile[q] = v;"));
});
