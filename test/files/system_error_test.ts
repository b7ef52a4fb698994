import assert from "node:assert/strict";
import { join } from "node:path";
import { errorText, inOurWords, inWords, onFile, systemErrorText } from "../../src/files/system_error.ts";
import { writePlain } from "../../src/files/plain_file.ts";
import { openWholeFile, writeWhole } from "../../src/files/whole_file.ts";
import { inScratch } from "../support/in_scratch.ts";

/** An error as the runtime makes it. */
function refusal(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

Deno.test("systemErrorText() says what the system refused, of the file that the error or the caller names", () => {
  const full = refusal("ENOSPC", "No space left on device (os error 28)");
  assert.equal(systemErrorText(full), "Cannot read a file as its disk must have room: got a full one");
  assert.equal(
    systemErrorText(full, { verb: "write", path: "out/a.json" }),
    "Cannot write out/a.json as its disk must have room: got a full one",
  );
  assert.equal(
    systemErrorText(refusal("EROFS", "Read-only file system (os error 30): mkdir '/media/x'")),
    "Cannot make /media/x as its file system must be writable: got a read-only one",
  );
  assert.equal(
    systemErrorText(refusal("EWEIRD", "Weird (os error 199): open 'a'")),
    "Cannot read a as the system must allow it: got EWEIRD",
  );
});

Deno.test("systemErrorText() knows a file that may not grow by the number that stands in place of a code", () => {
  assert.equal(
    systemErrorText(new Error("File too large (os error 27)"), { verb: "write", path: "a" }),
    "Cannot write a as its file system must have room for files of that size: got none",
  );
});

Deno.test("systemErrorText() leaves other errors alone, and sentences of ours", () => {
  for (const error of [new TypeError("x"), refusal("ERR_X", "x"), refusal("ENOSPC", "Cannot write a"), null, "x"]) {
    assert.equal(systemErrorText(error), null);
  }
  assert.equal(errorText(new TypeError("x")), "x");
  assert.equal(errorText("x"), "x");
});

Deno.test("inWords() keeps class and code", () => {
  const error = new Deno.errors.NotFound("No such file or directory (os error 2): open 'a'");
  (error as Error & { code?: string }).code = "ENOENT";
  assert.equal(inWords(error, { verb: "read", path: "b" }), error);
  assert.equal(error.message, "Cannot read a as it must exist: got nothing");
  assert.ok(error instanceof Deno.errors.NotFound);
});

for (
  const [what, path, message] of [
    ["NUL", "a\0b", /^Cannot read a\\u0000b as a name of a file must have no NUL: got one$/],
    ["no character", "", /^Cannot read "" as it must exist: got nothing$/],
    ["300 characters", "a".repeat(300), /^Cannot read a{120}… as its name must be one that the file system has room/],
    ["a file for its folder", "/dev/null/x", /^Cannot read \/dev\/null\/x as what it lies in must be a directory/],
  ] as const
) {
  Deno.test(`a name with ${what} is refused in words`, () => {
    assert.throws(() => onFile("read", path, () => Deno.openSync(path)), { message });
  });
}

Deno.test("a full disk is named by every writer", async () => {
  const message = "Cannot write /dev/full as its disk must have room: got a full one";
  await assert.rejects(writePlain("/dev/full", "x"), { message });
  using file = Deno.openSync("/dev/full", { write: true });
  assert.throws(() => onFile("write", "/dev/full", () => file.writeSync(new Uint8Array(3))), { message });
});

Deno.test("links in a circle, a read-only folder and a removed one are named", () =>
  inScratch(async (directory) => {
    const loop = join(directory, "loop");
    Deno.symlinkSync("loop", loop);
    await assert.rejects(writeWhole(join(loop, "a"), "x"), { message: /got (links in a circle|a file)$/ });
    await assert.rejects(writeWhole("/proc/none/a", "x"), { message: /^Cannot (make|write) \/proc\/none as / });
    const folder = join(directory, "folder");
    const whole = openWholeFile(join(folder, "a"));
    whole.write(new Uint8Array(1));
    Deno.removeSync(folder, { recursive: true });
    assert.throws(() => whole.keep(), {
      message: /^Cannot rename \S+ to \S+\/folder\/a as it must exist: got nothing$/,
    });
  }));

Deno.test("inOurWords() says what the system refused of the file that its error names, and leaves other errors", async () => {
  const gone = "/nowhere/at/all";
  await assert.rejects(inOurWords(() => Deno.readTextFile(gone)), {
    name: "NotFound",
    message: `Cannot read ${gone} as it must exist: got nothing`,
  });
  const own = new RangeError("own");
  await assert.rejects(inOurWords(() => Promise.reject(own)), own);
  assert.equal(await inOurWords(() => Promise.resolve(3)), 3);
});
