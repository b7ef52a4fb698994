import assert from "node:assert/strict";
import { chooseSections, sectionArguments, SECTIONS } from "../../bench/report_sections.ts";

Deno.test("chooseSections() takes the named sections, or all that measure the device", () => {
  assert.deepEqual(chooseSections(["captum", "peak"], "webgpu"), ["captum", "peak"]);
  assert.deepEqual(chooseSections([], "webgpu"), Object.keys(SECTIONS));
  const elsewhere = chooseSections([], "reference");
  assert.ok(elsewhere.includes("captum") && !elsewhere.includes("peak"), `got ${elsewhere}`);
});

Deno.test("chooseSections() refuses an unknown section, and WebGPU's kernels on another device", () => {
  assert.throws(
    () => chooseSections(["captum", "nothing"], "webgpu"),
    /Cannot run nothing on webgpu as it must be one/,
  );
  assert.throws(() => chooseSections(["peak"], "reference"), /Cannot run peak on reference as it must be one of model/);
});

Deno.test("sectionArguments() tells the device to scripts that take one", () => {
  assert.deepEqual(sectionArguments(SECTIONS.large, "reference"), ["bench/model/large.ts", "--device", "reference"]);
  assert.deepEqual(sectionArguments(SECTIONS.peak, "webgpu"), ["bench/peak.ts"]);
});

Deno.test("every section runs a script that is there", () => {
  for (const { args: [script] } of Object.values(SECTIONS)) {
    assert.ok(Deno.statSync(new URL(`../../${script}`, import.meta.url)).isFile, script);
  }
});
