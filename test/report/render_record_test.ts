import assert from "node:assert/strict";
import { PAGE_SCRIPT } from "../../src/report/page/page_code.ts";
import { RECORD_FORMATS, renderRecord } from "../../src/report/render_record.ts";
import { sampleRecord, withAttribution } from "./record_sample.ts";

Deno.test("renderRecord() gives the same bytes for the same record", async () => {
  const record = sampleRecord({ tokens: true });
  assert.equal(await renderRecord(record, "svg"), await renderRecord(record, "svg"));
});

Deno.test("renderRecord() escapes prompt and target in HTML and loads nothing", async () => {
  const html = await renderRecord(sampleRecord({}, "<script>alert(1)</script>"), "html") as string;
  assert.equal(html.match(/<script/g)!.length, 3, "those of the page");
  assert.ok(html.includes("&lt;"));
  assert.doesNotMatch(html.replace(PAGE_SCRIPT, ""), /(src|href)\s*=|url\(|@import/);
  assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
});

for (const format of RECORD_FORMATS) {
  Deno.test(`renderRecord() refuses a number that is not finite as ${format}`, async () => {
    const record = withAttribution(sampleRecord(), [0, 0, 0, NaN, 0, 0, 0, 0]);
    await assert.rejects(renderRecord(record, format), {
      name: "RangeError",
      message: "Cannot report the record as sequenceAttribution[3] must be finite: got NaN",
    });
  });
}
