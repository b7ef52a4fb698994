import assert from "node:assert/strict";
import { plotFont } from "../../../src/report/plot/font.ts";
import { parseTrueType } from "../../../src/report/plot/true_type.ts";

// Advance widths of DejaVu Sans 2.37 in units of 1/2048 em, as fontTools lists them.
const ADVANCES: [string, number][] = [["a", 1255], ["i", 569], ["W", 2025], ["Σ", 1294], ["␣", 1300], ["‿", 1646]];
for (const [character, units] of ADVANCES) {
  Deno.test(`parseTrueType() finds the advance width of ${character}`, () => {
    assert.equal(plotFont(false).metrics.width(character) * 2048, units);
  });
}

Deno.test("parseTrueType() says which characters the font lacks", () => {
  assert.deepEqual(["a", "Ω", "東", "\u{1f1ef}"].map((c) => plotFont(false).metrics.has(c.codePointAt(0)!)), [
    true,
    true,
    false,
    false,
  ]);
});

Deno.test("parseTrueType() names the table that a broken font lacks", () => {
  assert.throws(() => parseTrueType(new Uint8Array(12)), {
    name: "SyntaxError",
    message: /its table head must be there/,
  });
});

Deno.test("parseTrueType() reads character maps of format 4 like those of format 12", () => {
  const both = Deno.readFileSync(plotFont(false).path);
  const only4 = parseTrueType(withoutFormat12(both));
  for (let codePoint = 32; codePoint < 0xfffe; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    assert.equal(only4.width(character), plotFont(false).metrics.width(character), codePoint.toString(16));
  }
  assert.ok(!only4.has(0x1d400));
});

/** The font with the format number of every format-12 subtable of its cmap overwritten. */
function withoutFormat12(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  let cmap = 0;
  for (let entry = 12; entry < 12 + 16 * view.getUint16(4); entry += 16) {
    if (view.getUint32(entry) === 0x636d6170) cmap = view.getUint32(entry + 8);
  }
  for (let i = 0; i < view.getUint16(cmap + 2); i++) {
    const subtable = cmap + view.getUint32(cmap + 8 + 8 * i);
    if (view.getUint16(subtable) === 12) view.setUint16(subtable, 99);
  }
  return copy;
}
