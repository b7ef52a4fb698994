import assert from "node:assert/strict";
import { bytesText } from "../../../src/report/text/bytes_text.ts";

Deno.test("bytesText() takes the largest unit that leaves a digit before the point", () => {
  assert.deepEqual([0, 1023, 1024, 1.5 * 2 ** 20, 492 * 2 ** 20, 1.63 * 2 ** 30].map(bytesText), [
    "0 B",
    "1023 B",
    "1.00 KiB",
    "1.50 MiB",
    "492 MiB",
    "1.63 GiB",
  ]);
});
