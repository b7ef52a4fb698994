import assert from "node:assert/strict";
import { terminalLine, terminalText } from "../../../src/report/text/terminal_text.ts";
import { textTable } from "../../../src/report/text/text_table.ts";

Deno.test("terminalText() shows every control character and override of direction, and keeps everything else", () => {
  const controls = [...Array(32).keys(), 127, ...Array.from({ length: 32 }, (_, i) => 128 + i)];
  const overrides = [0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
  for (const code of [...controls, ...overrides]) {
    const character = String.fromCodePoint(code);
    const shown = `\\u{${code.toString(16)}}`;
    assert.equal(terminalText(`a${character}b`), "\n\t".includes(character) ? `a${character}b` : `a${shown}b`);
    assert.equal(terminalLine(`a${character}b`), `a${shown}b`);
  }
  const kept = "Zürich, 東京, שלום, 👩‍👩‍👧, a b\u200e ␣ ‿ ∅";
  assert.equal(terminalLine(kept), kept);
});

Deno.test("textTable() keeps each row on its line, whatever a text holds", () => {
  const table = textTable({ head: ["tensor", "bytes"], rows: [["\x1b[2Ja\nfake  1", "4"], ["b", "12"]] });
  assert.equal(
    table,
    "tensor                  bytes\n\\u{1b}[2Ja\\u{a}fake  1      4\nb                          12\n",
  );
});
