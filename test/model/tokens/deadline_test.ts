import assert from "node:assert/strict";
import { beforeDeadline } from "../../../src/model/tokens/deadline.ts";

Deno.test("beforeDeadline() gives what comes in time, and passes errors on", async () => {
  assert.equal(await beforeDeadline("a", Promise.resolve(3)), 3);
  await assert.rejects(beforeDeadline("a", Promise.reject(new TypeError("no"))), { name: "TypeError", message: "no" });
});

Deno.test("beforeDeadline() does not wait for what never comes", async () => {
  await assert.rejects(beforeDeadline("a", new Promise(() => {}), 0.02), {
    name: "RangeError",
    message: "Cannot tokenize the text as it must take at most 1 s: got no answer from tokenizer.json's patterns",
  });
});
