import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Found, runSlice } from "./guard.ts";

const PLANTED = fileURLToPath(new URL("./planted_child.ts", import.meta.url));
const LIMITS = { processorSeconds: 1, idleSeconds: 4, bytes: 64 * 2 ** 20 };

Deno.test("runSlice() finds lies, crashes, hangs, memory and errors of the engine, and goes on after each", async () => {
  const kept: string[] = [];
  const keep = (_found: Found, directory: string) => kept.push(Deno.readTextFileSync(`${directory}/plan.txt`));
  const slice = { area: "planted", seed: 1, from: 0, to: 12 };
  const { taken, refused, found, refills } = await runSlice(slice, keep, LIMITS, PLANTED);
  assert.deepEqual({ taken, refused, refills }, { taken: 2, refused: 1, refills: 0 });
  const expected: Record<number, RegExp> = {
    2: /^an error with the engine's words "Cannot read propert"/,
    3: /^an error that names nothing/,
    4: /^an error of 1 lines, up to 60\d\d long/,
    5: /^took a lie/,
    6: /^takes more than 1 s of processor time/,
    7: /^does not end, without working, within 4 s/,
    8: /^holds \d+ MiB more than usual/,
    9: /^ends the process \(SIGABRT\)/,
    10: /^an error with the engine's words "undefined"/,
  };
  assert.deepEqual(found.map(({ number }) => number), Object.keys(expected).map(Number));
  for (const { number, text } of found) assert.match(text, expected[number]);
  // The files of each case are at hand.
  assert.deepEqual(kept, Object.keys(expected));
});

Deno.test("runSlice() refuses an area whose own inputs are refused", async () => {
  await assert.rejects(
    runSlice({ area: "none", seed: 1, from: 0, to: 1 }, () => {}),
    /Cannot fuzz none as its inputs must be taken unchanged: got /,
  );
});
