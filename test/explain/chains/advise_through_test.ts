import assert from "node:assert/strict";
import { adviseThrough } from "../../../src/explain/chains/advise_through.ts";
import { throughRecord } from "../../report/through_sample.ts";

const { through } = throughRecord();
const CLEAR = { ...through!, lost: 0, balance: through!.balance.map(() => 1) };

Deno.test("adviseThrough() has nothing to say where chains reach the prompt and attributions do not cancel", () => {
  assert.deepEqual(adviseThrough(CLEAR), []);
});

Deno.test("adviseThrough() names lost chains, and answer tokens whose attributions cancel", () => {
  const [lost] = adviseThrough({ ...CLEAR, lost: 0.25 });
  assert.match(lost, /^25\.0 % of the chains end at target tokens without any attribution/);
  // Tokens 3 and 4 are the answer; what cancels before it is not told.
  const [cancels, ...more] = adviseThrough({ ...CLEAR, balance: [0, 0, 0, -0.01, 0.5] });
  assert.match(cancels, /^The attributions of 1 of 2 answer tokens all but cancel/);
  assert.deepEqual(more, []);
});
