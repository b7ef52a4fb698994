import assert from "node:assert/strict";
import { sectionKey } from "../../bench/bench_results.ts";
import { resultsMarkdown } from "../../bench/results_markdown.ts";
import { EPYC, sectionSample, XEON } from "./section_sample.ts";

const KEY = sectionKey("captum", "webgpu");

Deno.test("resultsMarkdown() gives each machine a chapter with its processor", () => {
  const text = resultsMarkdown({
    machines: {
      one: { processor: EPYC, sections: { [KEY]: sectionSample(2) } },
      two: { processor: { ...XEON, vendor: null }, sections: { [KEY]: sectionSample(5) } },
    },
  });
  const [, , one, two] = text.split(/^## /m);
  assert.match(one, /^one\n- processor: 2 × AMD EPYC, vendor AuthenticAMD, family 25, model 17\n/);
  assert.match(one, /- instruction sets: avx2 avx512f\n- devices: webgpu on llvmpipe\n/);
  assert.match(one, /### Attributions against Captum, on webgpu\n/);
  assert.match(one, /\| feature ablation: Whence \| 2.00 s \|/);
  assert.match(two, /^two\n- processor: 2 × Intel Xeon, vendor not recorded,/);
  assert.match(two, /\| feature ablation: Whence \| 5.00 s \|/);
});

Deno.test("resultsMarkdown() gives the range of compared figures over the machines that have them on a device", () => {
  const machine = (value: number, given = {}) => ({
    processor: EPYC,
    sections: { [KEY]: sectionSample(value, given) },
  });
  const row = /\| feature ablation: Whence \| webgpu \| 2 \| 2.00 s \| 5.00 s \|/;
  assert.match(resultsMarkdown({ machines: { one: machine(5), two: machine(2) } }), row);
  const ranges = (two: ReturnType<typeof machine>) =>
    resultsMarkdown({ machines: { one: machine(5), two } }).includes("## Over the machines");
  assert.ok(!ranges(machine(2, { device: "reference" })), "of another device");
  assert.ok(!ranges(machine(2, { failure: "stopped after 1 s" })), "of a section that failed");
});
