import assert from "node:assert/strict";
import { readablePieces, tokenBytes } from "../../../src/model/tokens/byte_level.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test("tokenBytes() reads GPT-2's alphabet: printable Latin-1 as itself, the rest from U+0100", () => {
  assert.deepEqual([...tokenBytes("!~¡¬®ÿ")], [0x21, 0x7e, 0xa1, 0xac, 0xae, 0xff]);
  assert.deepEqual([...tokenBytes("ĀĊčĠġŃ")], [0x00, 0x0a, 0x0d, 0x20, 0x7f, 0xad]);
  assert.deepEqual([...tokenBytes("æĹ¥")], [...utf8("日")]);
});

Deno.test("tokenBytes() reaches all 256 bytes", () => {
  const characters = Array.from({ length: 0x144 }, (_, i) => String.fromCharCode(i));
  const known = characters.filter((character) => {
    try {
      return tokenBytes(character).length === 1;
    } catch {
      return false;
    }
  });
  assert.equal(new Set(known.map((character) => tokenBytes(character)[0])).size, 256);
  assert.equal(known.length, 256);
});

Deno.test("tokenBytes() rejects a character outside the alphabet", () => {
  assert.throws(() => tokenBytes("a b"), { name: "RangeError", message: /must be byte-level: got \s$/ });
});

const cases: [string, Uint8Array[], string[]][] = [
  ["whole characters", [utf8(" né"), utf8("日")], [" né", "日"]],
  ["a character over three pieces", [utf8("🎨").slice(0, 2), utf8("🎨").slice(2, 3), utf8("🎨").slice(3)], [
    "🎨",
    "\\x8e",
    "\\xa8",
  ]],
  ["text around a split character", [Uint8Array.of(0x20, 0xe6), Uint8Array.of(0x97, 0xa5, 0x21)], [
    " 日",
    "\\x97\\xa5!",
  ]],
  ["a character that is cut off", [Uint8Array.of(0xe6, 0x97)], ["\\xe6\\x97"]],
  ["continuation bytes alone", [Uint8Array.of(0xa5), utf8("a")], ["\\xa5", "a"]],
  ["an overlong sequence and a surrogate", [Uint8Array.of(0xc0, 0x80, 0xed, 0xa0, 0x80)], [
    "\\xc0\\x80\\xed\\xa0\\x80",
  ]],
  ["U+FFFD and a byte order mark themselves", [utf8("\ufffd\ufeff")], ["\ufffd\ufeff"]],
  ["nothing", [], []],
];

for (const [name, pieces, texts] of cases) {
  Deno.test(`readablePieces() shows ${name}`, () => {
    assert.deepEqual(readablePieces(pieces), texts);
  });
}
