import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { openFile, sha256 } from "../../src/files/open_file.ts";
import { inScratch } from "../support/in_scratch.ts";

/** Runs `check` with the path of a file that holds the bytes 0 … 9. */
function withFile(check: (path: string) => void): Promise<void> {
  return inScratch((directory) => {
    const path = join(directory, "a");
    Deno.writeFileSync(path, Uint8Array.from({ length: 10 }, (_, i) => i));
    check(path);
  });
}

Deno.test("openFile() reads any range by its position", () =>
  withFile((path) => {
    const file = openFile(path);
    assert.equal(file.size, 10);
    assert.deepEqual([...file.read(7, 3)], [7, 8, 9]);
    assert.deepEqual([...file.read(0, 2)], [0, 1]);
    assert.deepEqual([...file.read(10, 0)], []);
    file.close();
  }));

Deno.test("openFile() refuses ranges outside the file, and reads after it was closed", () =>
  withFile((path) => {
    const file = openFile(path);
    for (const [offset, length] of [[8, 3], [-1, 1], [0, -1]]) {
      assert.throws(() => file.read(offset, length), { name: "RangeError", message: /within the file: got 10 bytes/ });
    }
    file.close();
    file.close();
    assert.throws(() => file.read(0, 1), { name: "TypeError", message: /must be open: got a closed one/ });
  }));

Deno.test("sha256() is the hash of the files' bytes, one after the other", () =>
  withFile((path) => {
    const file = openFile(path);
    const bytes = Deno.readFileSync(path);
    const expected = createHash("sha256").update(bytes).update(bytes).digest("hex");
    assert.equal(sha256([file, file]), `sha256:${expected}`);
    file.close();
  }));
