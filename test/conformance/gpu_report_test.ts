import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openGpu } from "../../src/gpu/device.ts";
import { inScratch } from "../support/in_scratch.ts";
import { chooseParts, figuresTable } from "./gpu_parts.ts";
import { type ReportedPart, reportText } from "./gpu_report.ts";

const RUN = fileURLToPath(new URL("run.ts", import.meta.url));

/** Runs `deno task conformance --gpu`. */
async function report(...args: string[]) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", RUN, "--gpu", ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  return { code, output: new TextDecoder().decode(stdout), errors: new TextDecoder().decode(stderr) };
}

Deno.test("conformance --gpu says where no GPU is here, and fails; --software takes software for one", () =>
  inScratch(async (directory) => {
    const gpu = await openGpu();
    gpu.close();
    const out = `${directory}/folder/report.md`;
    const parts = ["machine", "test/gpu/tick_clock_test.ts"];
    const plain = await report("--out", out, ...parts);
    assert.equal(plain.code, gpu.software ? 1 : 0, plain.errors);
    if (gpu.software) {
      assert.match(plain.output, /FAILED +Cannot report on a GPU as one must be here: the adapter is .*software/);
    }
    const { code, output, errors } = await report("--software", "--out", out, ...parts);
    assert.equal(code, 0, output + errors);
    const text = await Deno.readTextFile(out);
    assert.ok(text.startsWith(`# Whence on ${gpu.adapter}`), text);
    assert.match(text, /\| Tests of test\/gpu\/tick_clock_test\.ts \| \d+ passed, 0 failed \|/);
    assert.match(text, /^adapter +\S/m);
  }));

Deno.test("conformance --gpu fails where a test does, and the report has its message", () =>
  inScratch(async (directory) => {
    const [out, failing] = [`${directory}/report.md`, "test/no_such_test.ts"];
    const { code, output } = await report("--software", "--out", out, failing);
    assert.equal(code, 1);
    assert.match(output, /FAILED +Tests of test\/no_such_test\.ts/);
    assert.match(await Deno.readTextFile(out), /\*\*failed:\*\* the tests did not end[^]*not found/);
  }));

Deno.test("chooseParts() begins with the machine and all tests, and refuses a part that there is not", () => {
  const names = chooseParts([]).map(({ name }) => name);
  assert.deepEqual(names.slice(0, 3), ["machine", "tests", "peak"]);
  assert.ok(names.includes("tuning"));
  assert.deepEqual(chooseParts(["attention"]).map(({ title }) => title), ["Attention"]);
  assert.throws(() => chooseParts(["attentoin"]), /Cannot report on attentoin as it must be one of machine, tests/);
});

Deno.test("reportText() sums up all parts and shows the texts of those that have one", () => {
  const part = (given: Partial<ReportedPart>): ReportedPart => (
    { title: "All tests", ok: true, summary: "3 passed", text: "", seconds: 4.4, ...given }
  );
  const table = figuresTable([{ what: "attention", value: 1.5, unit: "GFLOPS", share: 0.25 }]);
  const text = reportText({ adapter: "A GPU", began: "2026-11-30T06:00:00.000Z" }, [
    part({}),
    part({ title: "Attention", ok: false, summary: "exit code 1", text: table }),
  ]);
  assert.match(text, /^# Whence on A GPU\n/);
  assert.match(text, /2026-11-30 06:00 UTC/);
  assert.match(text, /\| All tests \| 3 passed \| 4 \|\n\| Attention \| \*\*failed:\*\* exit code 1 \| 4 \|/);
  assert.match(text, /## Attention\n\n\| what [^]*\| attention \| 1\.50 GFLOPS \| 25 % \|/);
  assert.ok(!text.includes("## All tests"));
});
