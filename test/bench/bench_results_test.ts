import assert from "node:assert/strict";
import { type BenchResults, machineName, sectionKey, withSection } from "../../bench/bench_results.ts";
import { EPYC, sectionSample, XEON } from "./section_sample.ts";

const KEY = sectionKey("captum", "webgpu");
const NAME = "AMD EPYC, family 25, model 17";
const MEASURED: BenchResults = { machines: { [NAME]: { processor: EPYC, sections: { [KEY]: sectionSample(2) } } } };

Deno.test("machineName() is the processor's name, or the given one", () => {
  assert.equal(machineName({ machines: {} }, EPYC), NAME);
  assert.equal(machineName(MEASURED, EPYC), NAME);
  assert.equal(machineName(MEASURED, XEON, "a Xeon"), "a Xeon");
});

Deno.test("machineName() refuses the name of another processor's figures and tells the difference", () => {
  const other = { ...EPYC, instructions: ["avx2"], cores: 4 };
  assert.throws(() => machineName(MEASURED, other), {
    name: "RangeError",
    message:
      `Cannot write figures of this machine as "${NAME}" must be the same processor: got instructions avx2 where ` +
      "it has avx2 avx512f; cores 4 where it has 2. Name this machine with --machine NAME",
  });
  assert.throws(() => machineName(MEASURED, XEON, NAME), /vendor GenuineIntel where it has AuthenticAMD/);
});

Deno.test("machineName() refuses a name whose processor was recorded less exactly", () => {
  const old = { machines: { "AMD EPYC": { processor: { ...EPYC, family: null }, sections: {} } } };
  assert.throws(() => machineName(old, EPYC, "AMD EPYC"), /family 25 where it has unknown/);
});

Deno.test("withSection() replaces a section of its machine and no other's", () => {
  const both = withSection(MEASURED, "a Xeon", XEON, [KEY, sectionSample(5)]);
  const again = withSection(both, NAME, EPYC, [KEY, sectionSample(3)]);
  assert.deepEqual(again.machines["a Xeon"], { processor: XEON, sections: { [KEY]: sectionSample(5) } });
  assert.deepEqual(again.machines[NAME].sections, { [KEY]: sectionSample(3) });
  assert.throws(() => withSection(both, NAME, XEON, [KEY, sectionSample(1)]), RangeError);
});

Deno.test("withSection() keeps a device's section beside another's", () => {
  const reference = sectionSample(9, { device: "reference" });
  const added = withSection(MEASURED, NAME, EPYC, [sectionKey("captum", "reference"), reference]);
  assert.deepEqual(Object.keys(added.machines[NAME].sections), ["captum on webgpu", "captum on reference"]);
});
