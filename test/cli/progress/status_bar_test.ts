import assert from "node:assert/strict";
import { openStatusBar } from "../../../src/cli/progress/status_bar.ts";

Deno.test("openStatusBar() gives none where there is no terminal", () => {
  assert.equal(openStatusBar(false), null);
});

Deno.test("openStatusBar() is told by its thread when the line is clear, each time", () => {
  const bar = openStatusBar(true)!;
  const answers = ["one", "two"].map((text) => {
    bar.show({ share: null, text });
    return bar.clear();
  });
  bar.close();
  assert.deepEqual(answers, [true, true]);
});
