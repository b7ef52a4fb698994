import assert from "node:assert/strict";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "npm:hyparquet-writer@0.17";
import { join } from "node:path";
import { openParquet } from "../../../src/experiment/prompts/read_parquet.ts";
import { inScratch } from "../../support/in_scratch.ts";
import { cellsOf, mistakesOf } from "./planned_rows.ts";

const COLUMNS = [
  { name: "prompt", data: ["東京 is", "b"] },
  { name: "target", data: [" big", " t"] },
  { name: "name", data: [2n ** 60n, 7n], type: "INT64" },
  { name: "truth", data: [["東京"], ["b"]] },
  { name: "blob", data: [Uint8Array.of(255), Uint8Array.of(254)], type: "BYTE_ARRAY" },
  { name: "when", data: [new Date(0), new Date(1)] },
];

const parquet = (columnData: unknown = COLUMNS, how: Record<string, unknown> = {}) =>
  new Uint8Array(parquetWriteBuffer({ columnData, ...how } as Parameters<typeof parquetWriteBuffer>[0]));

const CODECS: Record<string, Record<string, unknown>> = {
  "no codec": { codec: "UNCOMPRESSED" },
  snappy: { codec: "SNAPPY" },
  gzip: { codec: "GZIP", compressors: { GZIP: (page: Uint8Array) => gzipSync(page) } },
  brotli: { codec: "BROTLI", compressors: { BROTLI: (page: Uint8Array) => brotliCompressSync(page) } },
  "groups of one row": { rowGroupSize: 1 },
};
for (const [what, how] of Object.entries(CODECS)) {
  Deno.test(`Parquet is read with ${what}, lists and whole numbers of 64 bits`, async () => {
    const cells = await cellsOf("a.parquet", { "a.parquet": parquet(COLUMNS, how) });
    assert.deepEqual(cells.map(({ prompt, text, truth, flaw }) => [prompt, text, truth, flaw]), [
      ["1152921504606846976", { prompt: "東京 is", target: " big" }, [{ target: null, causes: ["東京"] }], undefined],
      ["7", { prompt: "b", target: " t" }, [{ target: null, causes: ["b"] }], undefined],
    ]);
  });
}

Deno.test("Parquet rows are chosen, and named by their number; bytes are no text, and moments are one", async () => {
  const fields = "fields: { prompt: blob, name: when }, where: { name: { below: 8 } }";
  const cells = await cellsOf(`{ file: a.parquet, ${fields} }`, { "a.parquet": parquet() });
  assert.deepEqual(cells.map(({ prompt, flaw }) => [prompt, flaw]), [
    ["1970-01-01T00:00:00.001Z", "a.parquet: row 2: prompt: expected a text that is not empty, got the list [254]"],
  ]);
});

Deno.test("openParquet() knows columns, reads what is wanted, and closes its file where nobody reads on", () =>
  inScratch(async (directory) => {
    const path = join(directory, "a.parquet");
    const n = Int32Array.from({ length: 40_000 }, (_, i) => i);
    Deno.writeFileSync(path, parquet([{ name: "n", data: n }, { name: "m", data: n }]));
    const table = await openParquet({ path, shown: "a", gzip: false, delimiter: "", wanted: ["n", "none"] });
    assert.deepEqual(table.columns, ["n", "m"]);
    for await (const rows of table.rows()) {
      assert.ok(rows.length < 40_000, `${rows.length} rows at a time`);
      assert.deepEqual(rows[3], { at: 4, values: { n: 3 } });
      break;
    }
    assert.equal(table.placeOf(4), "a: row 4");
  }));

const whole = parquet();
const at = (offset: number, ...bytes: readonly number[]) => {
  const changed = whole.slice();
  changed.set(bytes, offset < 0 ? whole.length + offset : offset);
  return changed;
};
const MALFORMED: [what: string, file: string, content: Uint8Array, mistake: string][] = [
  [
    "another file's bytes",
    "a.parquet",
    new TextEncoder().encode("prompt,target\na,b\n"),
    "expected Parquet, got another file",
  ],
  ["a cut end", "a.parquet", whole.subarray(0, -9), "expected a whole Parquet file, got one that is cut off"],
  [
    "a footer that is too long",
    "a.parquet",
    at(-8, 0, 0, 0, 2),
    "expected a footer within the Parquet file, got one of 33554432 bytes",
  ],
  ["a damaged footer", "a.parquet", at(-60, ...Array(52).fill(255)), "expected a footer of Parquet, got a damaged one"],
  [
    "damaged pages",
    "a.parquet",
    at(4, ...Array(40).fill(255)),
    "expected rows 1 to 2 in pages of Parquet, got damaged or unknown ones",
  ],
  ["gzip around it", "a.parquet.gz", gzipSync(whole), "expected Parquet, which is compressed within, got a gzip file"],
  [
    "a codec that nobody reads",
    "a.parquet",
    parquet(COLUMNS, { codec: "LZO", compressors: { LZO: (page: Uint8Array) => page } }),
    "expected columns compressed by one of UNCOMPRESSED, SNAPPY, GZIP, BROTLI, ZSTD, LZ4, LZ4_RAW, got LZO",
  ],
];
for (const [what, file, content, mistake] of MALFORMED) {
  Deno.test(`Parquet is refused with ${what}`, async () => {
    assert.deepEqual(await mistakesOf(file, { [file]: content }), [`${file}: ${mistake}`]);
  });
}
