import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { openStatusLine, statusText } from "../../../src/cli/progress/status_line.ts";

/** A terminal that keeps what is written to it. */
function fakeTerminal(columns = 80) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { written, stream: Object.assign(stream, { isTTY: true, columns }) };
}

Deno.test("openStatusLine() draws at once, without waiting for the event loop, and clears the line", () => {
  const { written, stream } = fakeTerminal();
  const line = openStatusLine(stream, () => 0);
  line.draw({ share: null, text: "loading" });
  assert.ok(written.includes("loading"));
  line.draw({ share: 0.5, text: "explaining", left: 3 });
  assert.ok(written.some((text) => text.endsWith(" 50 % explaining, 3 s left")));
  const before = written.length;
  line.clear();
  assert.ok(written.slice(before).includes("\x1b[2K"), "the line is cleared");
});

Deno.test("openStatusLine() cuts lines to the terminal, and leaves cursor and wrapping as they are", () => {
  const { written, stream } = fakeTerminal(20);
  const line = openStatusLine(stream, () => 0);
  line.draw({ share: null, text: "x".repeat(50) });
  line.clear();
  assert.ok(written.includes("x".repeat(20)));
  assert.ok(!written.some((text) => text.includes("x".repeat(21)) || text.includes("\x1b[?")));
});

Deno.test("openStatusLine() clears nothing that was not drawn, and draws again afterwards", () => {
  const { written, stream } = fakeTerminal();
  const line = openStatusLine(stream, () => 0);
  line.clear();
  assert.equal(written.length, 0);
  line.draw({ share: null, text: "one" });
  line.clear();
  line.draw({ share: null, text: "two" });
  line.clear();
  assert.ok(written.includes("two"));
});

Deno.test("statusText() tells what is known, and its times go on", () => {
  const status = { share: 0.25, text: "explaining", passed: 10, left: 100, detail: "9 points" };
  assert.equal(
    statusText(status, 0),
    `${"█".repeat(8)}${"░".repeat(22)}  25 % explaining, 10 s, 1 min 40 s left, 9 points`,
  );
  assert.ok(statusText(status, 50).endsWith("explaining, 1 min 0 s, 50 s left, 9 points"));
  assert.ok(statusText(status, 500).includes(" 0 s left"));
  assert.equal(
    statusText({ share: null, text: "explaining", left: 9, atMost: true }, 1),
    "explaining, at most 8 s left",
  );
});

Deno.test("statusText() shows control characters of names, and a share beyond the whole as the whole", () => {
  assert.ok(!statusText({ share: null, text: "model\x1b[2J\nx" }, 0).includes("\x1b"));
  assert.ok(statusText({ share: 2, text: "done" }, 0).endsWith("100 % done"));
});
