import assert from "node:assert/strict";
import { parse } from "npm:csv-parse@7/sync";
import { contextTruths } from "../../bench/chains/context_truth.ts";
import { attribute } from "../../src/explain/attribute.ts";
import { loadModel } from "../../src/model/model.ts";
import { recordFigure } from "../../src/report/plot/record_figure.ts";
import { renderSvg } from "../../src/report/plot/render_figure.ts";
import { recordCsv } from "../../src/report/record_csv.ts";
import { PAGE_SCRIPT } from "../../src/report/page/page_code.ts";
import { recordPage } from "../../src/report/page/record_page.ts";
import { recordTable } from "../../src/report/table/record_table.ts";
import { openPage } from "./page/open_page.ts";

const model = await loadModel("chains", { device: "cpu" });
const [{ text }] = contextTruths(1);
const NOTES = text.context[0];
const context = [{ name: "first <b>", text: NOTES.slice(0, 39) }, { name: "second", text: NOTES.slice(39) }];
const record = await attribute(model, { ...text, context }, { method: "coarse-to-fine", units: "sentences" });
model.close();
const { dependent, levels: [documents, paragraphs, sentences] } = record.context!;

Deno.test("the table says which target tokens depend on the context, and the sentences that each rests on", () => {
  const table = recordTable(record);
  assert.match(
    table,
    /context: 2 documents of 25 tokens; 6 of 20 target tokens depend on them, by js of at least 0\.\d+ nats \(mean\+1sd\)/,
  );
  assert.match(table, /^prompt {2}\{first <b>\}\{second\} Walk Nina Gus\. Report last\.$/m);
  assert.equal(table.match(/depends: rather/g)!.length, dependent.length);
  assert.match(
    table,
    /rests on +nats +share +document +sentence\n>Pia +\d+(\.\d+)? +\d+(\.\d+)? % +second +Nina>Pia\.\n/,
  );
  assert.match(table, /forwards of the whole in rows/);
  assert.ok(table.split("\n").every((line) => line.length <= 130));
});

Deno.test("the CSV has the dependence of each target token and the parts of each dependent one", () => {
  const rows: Record<string, string>[] = parse(recordCsv(record), { columns: true });
  const of = (scope: string) => rows.filter((row) => row.scope === scope);
  for (const scope of ["context-js", "context-kl", "context-kl-reverse", "context-drop"]) {
    assert.deepEqual(of(scope).map((row) => Number(row.target_position)), [...Array(20).keys()], scope);
  }
  const parts = [documents, paragraphs, sentences];
  ["documents", "paragraphs", "sentences"].forEach((level, k) => {
    const found = of(`context-${level}`);
    const P = parts[k].parts.length;
    assert.equal(found.length, P * (1 + dependent.length), level);
    const first = found.slice(P, 2 * P);
    assert.ok(first.every((row) => Number(row.target_position) === dependent[0]));
    assert.deepEqual(first.map((row) => Number(row.attribution)), parts[k].attribution![0]);
  });
  assert.deepEqual(of("context-documents").slice(0, 2).map((row) => row.unit_text), ["first <b>", "second"]);
});

Deno.test("the page has the documents for each dependent token, and escapes their names", async () => {
  const html = recordPage(record);
  const { cells: [{ cell, text }] } = await openPage(html);
  const { title, dependent: found, documents: shown, attribution, parts } = cell.context!;
  assert.match(title, /^context: 2 documents/);
  assert.deepEqual(found, dependent, "each token of this target is a piece");
  assert.deepEqual(shown.map(({ name }) => name), ["first <b>", "second"]);
  assert.deepEqual(shown.flatMap((one) => one.parts), [...sentences.parts.keys()]);
  assert.ok(parts.every((part) => text.prompt.join("").includes(part)));
  assert.deepEqual(attribution, sentences.attribution!.map((row) => row.map((one) => Number(one.toPrecision(4)))));
  assert.ok(!html.replace(PAGE_SCRIPT, "").includes("<b>"));
});

Deno.test("the figure has the divergence of each target token with the threshold, above sentences", async () => {
  const spec = JSON.stringify(recordFigure(record));
  assert.ok(spec.includes('"title":"js (nats)"') && spec.includes(`{"datum":${record.context!.dependence.least}}`));
  assert.match(await renderSvg(recordFigure(record)), /which target tokens depend on the context/);
});
