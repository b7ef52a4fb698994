import assert from "node:assert/strict";
import { openGpu } from "../../src/gpu/device.ts";
import { codeFor, sizeFaults, SUBGROUP_PROBE, subgroupFaults, trySubgroups } from "../../src/gpu/subgroups.ts";

/** The words of the probe on a device of so many lanes, with some changed. */
function seenBy(size: number, change: (thread: number, words: number[]) => void = () => {}): Uint32Array {
  const threads = Array.from({ length: 72 }, (_, thread) => {
    const first = thread - thread % size;
    const eight = Math.floor(thread / 8);
    const shuffled = eight % 2 === 0 ? 16 * (8 * eight + 3) + eight : 999;
    const raised = 66 >= first && 66 < first + size ? 1 : 0;
    const words = [thread, shuffled, (71 - thread) ^ 1, first + 5, raised, size, 0, 0];
    change(thread, words);
    return words;
  });
  return Uint32Array.from(threads.flat());
}

Deno.test("subgroupFaults() finds none where threads are in order, of any size from 8 on", () => {
  for (const size of [8, 16, 32, 64]) assert.deepEqual(subgroupFaults(seenBy(size)), [], `${size} lanes`);
});

Deno.test("subgroupFaults() finds subgroups too small for eight lanes", () => {
  for (const size of [0, 1, 4]) assert.deepEqual(subgroupFaults(seenBy(size)), [`subgroups of ${size} lanes`]);
});

Deno.test("subgroupFaults() finds threads that are numbered in another order", () => {
  const swapped = seenBy(32, (thread, words) => words[0] = thread ^ 1);
  assert.deepEqual(subgroupFaults(swapped), ["number of thread 0 is 1, not 0"]);
});

Deno.test("subgroupFaults() finds shuffles that fail where eights of lanes diverge", () => {
  const diverging = seenBy(16, (thread, words) => words[1] = thread >= 32 && thread < 40 ? 0 : words[1]);
  assert.deepEqual(subgroupFaults(diverging), ["shuffle of thread 32 is 0, not 564"]);
});

Deno.test("subgroupFaults() finds broadcasts, votes and sizes that differ", () => {
  const wrong = seenBy(8, (thread, words) => {
    if (thread === 9) words.splice(3, 3, 5, 1, 16);
  });
  assert.deepEqual(subgroupFaults(wrong), [
    "broadcast of thread 9 is 5, not 13",
    "any of thread 9 is 1, not 0",
    "size of thread 9 is 16, not 8",
  ]);
});

Deno.test("sizeFaults() believes small sizes, but not on Metal", () => {
  assert.deepEqual(sizeFaults(8, "linux"), []);
  assert.deepEqual(sizeFaults(4, "linux"), ["the adapter reports subgroups of 4 lanes"]);
  assert.deepEqual(sizeFaults(4, "darwin"), []);
});

Deno.test("codeFor() enables subgroups for Tint, and spares naga the diagnostic", () => {
  const probe = SUBGROUP_PROBE;
  assert.equal(codeFor("tint", probe), `enable subgroups;\n${probe}`);
  assert.equal(codeFor("naga", probe), probe.replace("@diagnostic(off, subgroup_uniformity)\n", ""));
  for (const uses of ["let a = subgroupShuffle(x, 1u);", "@builtin(subgroup_invocation_id) lane: u32"]) {
    assert.equal(codeFor("tint", uses), `enable subgroups;\n${uses}`);
  }
  const none = "// lanes of one subgroup";
  assert.deepEqual([codeFor("tint", none), codeFor("naga", none)], [none, none]);
});

Deno.test("trySubgroups() finds a size and no fault where openGpu() says so", async () => {
  const gpu = await openGpu();
  try {
    const { subgroupTrial: trial, features: { subgroups } } = gpu;
    assert.equal(subgroups, trial?.faults.length === 0);
    if (trial === null) return;
    const again = await trySubgroups(gpu.device, trial.size);
    assert.deepEqual([again.compiler, again.size], [trial.compiler, trial.size]);
    const small = await trySubgroups(gpu.device, 4);
    assert.ok(Deno.build.os === "darwin" || small.faults.includes("the adapter reports subgroups of 4 lanes"));
  } finally {
    gpu.close();
  }
});
