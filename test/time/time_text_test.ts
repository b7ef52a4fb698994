import assert from "node:assert/strict";
import { dayText, durationText, timeLeftText, timestampText } from "../../src/time/time_text.ts";

Deno.test("timestampText() and dayText() are in UTC, whatever the zone of the time", () => {
  const time = new Date("2026-01-31T23:30:00.5-02:00");
  assert.equal(timestampText(time), "2026-02-01T01:30:00.500Z");
  assert.equal(dayText(time), "2026-02-01");
});

Deno.test("timeLeftText() counts minutes from one on", () => {
  assert.deepEqual([0, 12.4, 59.4, 59.6, 185].map(timeLeftText), [
    "0 s left",
    "12 s left",
    "59 s left",
    "1 min 0 s left",
    "3 min 5 s left",
  ]);
});

Deno.test("durationText() tells two units, and rounds down to the smaller one from hours on", () => {
  assert.deepEqual([3600, 2 * 3600 + 659, 86400, 100 * 3600].map(durationText), [
    "1 h 0 min",
    "2 h 10 min",
    "1 d 0 h",
    "4 d 4 h",
  ]);
});
