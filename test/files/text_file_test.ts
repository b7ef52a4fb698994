import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeUtf8, readIfThere, readText } from "../../src/files/text_file.ts";
import { inScratch } from "../support/in_scratch.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("decodeUtf8() decodes every text as it is, a byte order mark too", () => {
  for (const text of ["", "a", "\ufeffé", "x\ufeff", "高雄 😀", "\ufffd"]) {
    assert.equal(decodeUtf8(encode(text), "it"), text);
  }
});

Deno.test("decodeUtf8() names the first byte that is no UTF-8", () => {
  const start = encode("é高😀");
  for (const before of [0, 1, 1000]) {
    for (const [wrong, shown] of [[[0xff], "0xff"], [[0x80], "0x80"], [[0xed, 0xa0, 0x80], "0xa0"]] as const) {
      const bytes = Uint8Array.from([...new Array(before).fill(97), ...start, ...wrong, 98]);
      const at = before + start.length + wrong.length - (wrong.length === 1 ? 1 : 2);
      assert.throws(() => decodeUtf8(bytes, "it"), {
        name: "SyntaxError",
        message: `Cannot read it as it must be UTF-8: got ${shown} at byte ${at}`,
      });
    }
  }
  assert.throws(() => decodeUtf8(encode("é").subarray(0, 1), "it"), /got an end in a character/);
});

Deno.test("readText() names file and byte", () =>
  inScratch((directory) => {
    const path = join(directory, "a.yaml");
    Deno.writeFileSync(path, Uint8Array.of(97, 0xe9, 98));
    assert.throws(() => readText(path), {
      name: "SyntaxError",
      message: /a\.yaml as it must be UTF-8: got 0x62 at byte 2/,
    });
    assert.throws(() => readText(join(directory, "none")), Deno.errors.NotFound);
  }));

Deno.test("readText() ends with a device that has no end, and says so", () => {
  assert.throws(() => readText("/dev/zero"), {
    name: "SyntaxError",
    message: "Cannot read /dev/zero as a text must have at most 134217728 bytes: got more",
  });
});

Deno.test("readIfThere() is null for a missing file and fails for a directory", () =>
  inScratch((directory) => {
    const path = join(directory, "a");
    Deno.writeFileSync(path, Uint8Array.of(97, 0xff));
    assert.equal(readIfThere(path), "a\ufffd");
    assert.equal(readIfThere(join(directory, "none")), null);
    assert.throws(() => readIfThere(directory), { message: /as it must be a file: got a directory$/ });
  }));
