import assert from "node:assert/strict";
import { compareRecords } from "../../src/library/compare_records.ts";
import { showRecord } from "../../src/library/record_display.ts";
import { renderRecord } from "../../src/report/render_record.ts";
import { sampleRecord } from "../report/record_sample.ts";

const DISPLAY = Symbol.for("Jupyter.display");

/** Asks a value for its forms as a kernel does. */
async function formsOf(value: object): Promise<Record<string, string>> {
  return await (value as { [DISPLAY]: () => Promise<Record<string, string>> })[DISPLAY]();
}

/** Undoes the escapes of an attribute. */
function unescaped(text: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name) => characters[name]);
}

Deno.test("showRecord() shows a record as a table, a figure, and the page of --format html", async () => {
  const record = sampleRecord();
  const forms = await formsOf(showRecord(record));
  assert.deepEqual(Object.keys(forms).sort(), ["image/svg+xml", "text/html", "text/plain"]);
  assert.equal(forms["text/plain"], await renderRecord(record, "table"));
  assert.equal(forms["image/svg+xml"], await renderRecord(record, "svg"));
  const page = unescaped(/ srcdoc="([^"]*)"/.exec(forms["text/html"])![1]);
  assert.ok(page.startsWith(await renderRecord(record, "html") as string));
});

Deno.test("showRecord() keeps the figure for a reader that removes frames and scripts", async () => {
  const html = (await formsOf(showRecord(sampleRecord())))["text/html"];
  const left = html.replaceAll(/<(script|iframe)\b[^]*?<\/\1>/g, "");
  const [, base64] = /<img [^>]*src="data:image\/svg\+xml;base64,([^"]+)"/.exec(left)!;
  assert.match(new TextDecoder().decode(Uint8Array.fromBase64(base64)), /^<svg[^]*<\/svg>\s*$/);
  assert.match(left, /alt="Attribution of &quot; a \\&quot;dream/);
});

Deno.test("showRecord() puts a prompt that is HTML into the frame, and nothing beside it", async () => {
  const hostile = '</iframe><script>alert(1)</script>"><img src=x onerror=alert(2)>';
  const html = (await formsOf(showRecord(sampleRecord({}, hostile))))["text/html"];
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.equal(html.match(/<\/iframe>/g)?.length, 1);
  assert.equal(html.match(/<img/g)?.length, 1);
  assert.match(html, /<iframe [^>]*sandbox="allow-scripts"/);
});

Deno.test("showRecord() changes nothing that JSON, copies, comparisons and prints see", () => {
  const record = sampleRecord();
  const bare = structuredClone(record);
  const shown = showRecord(record);
  assert.equal(shown, record);
  assert.equal(JSON.stringify(shown), JSON.stringify(bare));
  assert.deepStrictEqual(structuredClone(shown), bare);
  assert.deepStrictEqual(shown, bare);
  assert.deepEqual(Reflect.ownKeys({ ...shown }), Object.keys(bare));
  assert.equal(Deno.inspect(shown, { depth: 9 }), Deno.inspect(bare, { depth: 9 }));
});

Deno.test("showRecord() takes a record that was read from JSON, and one twice", async () => {
  const again = showRecord(showRecord(JSON.parse(JSON.stringify(sampleRecord()))));
  assert.equal(typeof (await formsOf(again))["text/html"], "string");
});

Deno.test("compareRecords() gives plain data that shows itself as the table of the command", async () => {
  const records = ["saliency", "input-x-gradient"].map((name) => ({ name, record: sampleRecord() }));
  const compared = compareRecords(records);
  assert.deepStrictEqual(structuredClone(compared), compared);
  const forms = await formsOf(compared);
  assert.match(forms["text/plain"], /^A {2}[^\n]*: saliency\nB [^]*Pearson/);
  assert.match(forms["text/html"], /^<pre>A [^]*&amp;[^]*<\/pre>$/);
});
