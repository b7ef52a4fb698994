import assert from "node:assert/strict";
import { FORMATS, type WeightFormat } from "../../../src/ops/formats/format_table.ts";
import { type Direction, productCandidates, tileOf } from "../../../src/ops/product/product_choice.ts";
import { forwardKernel, transposedKernel } from "../../../src/ops/product/product_kernels.ts";
import { singleCandidates } from "../../../src/ops/product/single_product.ts";
import { bankConflicts } from "./bank_conflicts.ts";

const HARDWARE = { subgroups: true, software: false };
const DIRECTIONS: readonly Direction[] = ["forward", "transposed"];
/** Limits that WebGPU guarantees. */
const WORKGROUP_BYTES = 16384;
const THREADS = 256;

Deno.test("productCandidates() and singleCandidates() are 12 at most, each another", () => {
  for (const format of Object.keys(FORMATS) as WeightFormat[]) {
    for (const inner of [64, 70, 576, 1536, 8960]) {
      for (const subgroups of [false, true]) {
        for (const software of [false, true]) {
          const lists = [
            ...DIRECTIONS.map((one) => productCandidates(one, format, inner, { subgroups, software })),
            singleCandidates(format, inner, software) ?? [],
          ];
          for (const list of lists) {
            assert.ok(list.length <= 12, `${format} ${inner}: ${list.length}`);
            assert.equal(new Set(list.map((choice) => JSON.stringify(choice))).size, list.length);
          }
        }
      }
    }
  }
});

Deno.test("productCandidates() begins with tiles on a GPU, and with subgroups in software that has them", () => {
  for (const direction of DIRECTIONS) {
    const first = (software: boolean) => productCandidates(direction, "nf4", 576, { subgroups: true, software })[0];
    assert.equal(first(false).variant, "tile");
    assert.equal(first(true).variant, "subgroup");
  }
});

Deno.test("tileOf() takes fewer rows where there are no more on a GPU, and keeps to one tile in software", () => {
  const [choice] = productCandidates("forward", "nf4", 576, HARDWARE);
  const rows = [1, 8, 9, 16, 17, 32, 33, 64, 1000].map((count) => tileOf(choice, count, false).rows);
  assert.deepEqual(rows, [1, 1, 2, 2, 4, 4, 8, 8, 8]);
  assert.deepEqual(tileOf({ variant: "tile" }, 1, true), tileOf({ variant: "tile" }, 1000, true));
});

/** Kernels by tiles of a family on a GPU, for whole tiles and for few rows. */
function tileKernels(direction: Direction, format: WeightFormat) {
  const choices = productCandidates(direction, format, 576, HARDWARE).filter(({ variant }) => variant === "tile");
  return choices.flatMap((choice) =>
    [256, 12].map((rows) => {
      const product = { w: { columns: 576 }, segment: { format }, count: 576, rows, choice, ...HARDWARE };
      const { kernel } = direction === "forward"
        ? forwardKernel(product, false, false)
        : transposedKernel(product, true, false);
      return { ...kernel, sizes: tileOf(choice, rows, false), isDefault: choice === choices[0] };
    })
  );
}

for (const direction of DIRECTIONS) {
  Deno.test(`${direction} products by tiles access workgroup memory without conflicts of banks`, () => {
    for (const { label, code } of tileKernels(direction, "bf16")) {
      const counts = bankConflicts(code);
      assert.ok(counts.size >= 4, label);
      for (const [access, most] of counts) assert.equal(most, 1, `${label}: ${access}`);
    }
  });

  Deno.test(`${direction} products by tiles fit what WebGPU guarantees, and the default several times`, () => {
    for (const { label, sizes: { rows, columns, down, across, depth }, isDefault } of tileKernels(direction, "nf4")) {
      // The code book of NF4 takes 64 bytes more.
      const bytes = 4 * depth * (rows * down + columns * across) + 64;
      assert.ok(bytes <= WORKGROUP_BYTES, label);
      if (isDefault) assert.ok(bytes <= WORKGROUP_BYTES * 0.51, `${label}: ${bytes} bytes`);
      assert.ok(down * across <= THREADS && rows * columns <= 64, label);
    }
  });
}

Deno.test("bankConflicts() sees threads that access every second vec4f of workgroup memory", () => {
  const kernel = (index: string) =>
    `const THREADS: u32 = 8u;
const FOURS: u32 = 1u;
var<workgroup> tile: array<vec4f, 64>;
  let across = t % 8u;
  let at = 2u * across;
  let a = tile[${index}];`;
  const count = (index: string) => bankConflicts(kernel(index)).get(`tile[${index}]`);
  assert.equal(count("across"), 1);
  assert.equal(count("at"), 2);
  assert.equal(count("8u * across"), 8);
  assert.equal(count("across / 4u"), 1);
});
