import assert from "node:assert/strict";
import type { DownloadProgress } from "../../../src/model/load/locate_model.ts";
import { sumDownloads } from "../../../src/cli/progress/download_progress.ts";

const MIB = 2 ** 20;
const of = (file: string, bytes: number, total: number | null, state: DownloadProgress["state"]) =>
  ({ model: "org/name", file, bytes: bytes * MIB, total: total === null ? null : total * MIB, state }) as const;

Deno.test("sumDownloads() adds up files, and counts what came in this run for rate and time left", () => {
  let seconds = 100;
  const add = sumDownloads(() => seconds);
  assert.deepEqual(add(of("a", 40, 100, "waiting")), {
    share: 0.4,
    finished: false,
    text: "40.0 MiB of 100 MiB, 0 of 1 files",
  });
  assert.equal(add(of("b", 0, 300, "waiting")).share, 0.1);
  seconds = 110;
  assert.deepEqual(add(of("a", 90, 100, "downloading")), {
    share: 90 / 400,
    finished: false,
    text: "90.0 MiB of 400 MiB, 0 of 2 files, 5.00 MiB/s, 1 min 2 s left",
  });
  seconds = 120;
  assert.equal(add(of("a", 100, 100, "done")).text, "100 MiB of 400 MiB, 1 of 2 files, 3.00 MiB/s, 1 min 40 s left");
  assert.equal(add(of("b", 300, 300, "verifying")).text, "400 MiB of 400 MiB, 1 of 2 files, verifying");
  assert.equal(add(of("b", 300, 300, "done")).finished, true);
});

Deno.test("sumDownloads() takes a file of unknown or no size, and one that begins again", () => {
  let seconds = 0;
  const add = sumDownloads(() => seconds++);
  assert.deepEqual(add(of("empty", 0, 0, "done")), {
    share: 1,
    finished: true,
    text: "0 B of 0 B, 1 of 1 files",
  });
  assert.equal(add(of("unknown", 5, null, "downloading")).share, 1);
  assert.equal(add(of("again", 50, 100, "waiting")).share, 55 / 105);
  assert.equal(add(of("again", 0, 100, "downloading")).text, "5.00 MiB of 105 MiB, 1 of 3 files");
});
