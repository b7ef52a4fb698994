import assert from "node:assert/strict";
import { renderRecord } from "../../../src/report/render_record.ts";
import { sampleRecord, withAttribution } from "../record_sample.ts";

/** Texts of an SVG in document order, unescaped. */
function textsOf(svg: string): string[] {
  const unescape = (text: string) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => unescape(match[1]));
}

Deno.test("renderRecord() labels the bars with every prompt token in reading order, repeated ones too", async () => {
  const texts = textsOf(await renderRecord(sampleRecord(), "svg") as string);
  const words = ["go", "to", "<", "b", ">", "&", "to", "sleep"];
  assert.deepEqual(texts.filter((text) => words.includes(text)), words);
});

Deno.test("renderRecord() draws one heat map cell for each pair of target and prompt token", async () => {
  const record = sampleRecord({ tokens: true });
  const svg = await renderRecord(record, "svg") as string;
  const cells = svg.match(/aria-roledescription="rect mark"/g) ?? [];
  assert.equal(cells.length, record.target.tokens.length * record.prompt.tokens.length);
});

Deno.test("renderRecord() draws a bar for each prompt token, blue above and orange below zero", async () => {
  const record = withAttribution(sampleRecord(), [1, -1, 0, 0, 0, 0, 0, 2]);
  const svg = await renderRecord(record, "svg") as string;
  assert.equal((svg.match(/aria-roledescription="bar"/g) ?? []).length, 8);
  assert.equal((svg.match(/aria-roledescription="bar"[^>]*fill="#d8720f"/g) ?? []).length, 1);
});

Deno.test("renderRecord() breaks a long prompt into rows without losing a token", async () => {
  const prompt = Array.from({ length: 150 }, (_, i) => `w${i}`).join(" ");
  const texts = textsOf(await renderRecord(sampleRecord({}, prompt), "svg") as string);
  assert.deepEqual(texts.filter((text) => /^w\d+$/.test(text)), prompt.split(" "));
});

Deno.test("renderRecord() gives a PNG at twice the size of the SVG", async () => {
  const record = sampleRecord();
  const svg = await renderRecord(record, "svg") as string;
  const png = await renderRecord(record, "png") as Uint8Array;
  assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const width = new DataView(png.buffer, png.byteOffset).getUint32(16);
  assert.equal(width, 2 * Number(/width="(\d+)"/.exec(svg)![1]));
});

Deno.test("renderRecord() draws characters that no font has, and lone surrogates", async () => {
  const png = await renderRecord(sampleRecord({}, "東京 👩‍🚀 \ud83d \u0001 x"), "png") as Uint8Array;
  assert.ok(png.length > 1000);
});
