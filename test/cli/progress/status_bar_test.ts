import assert from "node:assert/strict";
import { openStatusBar } from "../../../src/cli/progress/status_bar.ts";

Deno.test("openStatusBar() gives none where there is no terminal", () => {
  assert.equal(openStatusBar(false), null);
});

Deno.test("openStatusBar() is told by its thread that the line is clear, and can show more", () => {
  const bar = openStatusBar(true)!;
  const started = performance.now();
  for (const text of ["one", "two"]) {
    bar.show({ share: null, text });
    bar.clear();
  }
  bar.close();
  assert.ok(performance.now() - started < 60_000, "it waits for an answer, not for ever");
});
