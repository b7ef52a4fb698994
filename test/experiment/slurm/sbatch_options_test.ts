import assert from "node:assert/strict";
import { sbatchLine, sbatchWords } from "../../../src/experiment/slurm/sbatch_options.ts";

for (
  const [line, words] of [
    ["--partition=gpu --gres=gpu:1", ["--partition=gpu", "--gres=gpu:1"]],
    [" -p  gpu\t-t 8:00:00 ", ["-p", "gpu", "-t", "8:00:00"]],
    [`--comment="a 'b' \\"c\\" \\\\" --x='d "e" \\'`, [`--comment=a 'b' "c" \\`, `--x=d "e" \\`]],
    ["--comment=a\\ b --empty=''", ["--comment=a b", "--empty="]],
  ] as [string, string[]][]
) {
  Deno.test(`sbatchWords() divides ${line}`, () => assert.deepEqual(sbatchWords(line), words));
}

for (
  const [line, message] of [
    ["", /options of sbatch, as --partition=gpu: got ""/],
    ["gpu", /options of sbatch, as --partition=gpu: got "gpu"/],
    ["--comment='a", /closed by ': got/],
    ["--comment=a\\", /complete: got/],
    ["--comment='a\nrm'", /one line of plain characters: got/],
    ["-p gpu --array=1-4", /without what --slurm itself gives: got "--array=1-4"/],
    ["-a 1-4", /got "-a"/],
    ["--wrap=ls", /got "--wrap=ls"/],
  ] as [string, RegExp][]
) {
  Deno.test(`sbatchWords() refuses ${JSON.stringify(line)}`, () => {
    assert.throws(() => sbatchWords(line), { name: "RangeError", message });
  });
}

Deno.test("sbatchLine() quotes as sbatch reads its lines", () => {
  const words = ["--time=8:00:00", "--array=1-4%2", `--output=/a b/"c"\\d#$(e)'f`];
  assert.equal(sbatchLine(words), `#SBATCH --time=8:00:00 --array=1-4%2 "--output=/a b/\\"c\\"\\\\d#$(e)'f"`);
});
