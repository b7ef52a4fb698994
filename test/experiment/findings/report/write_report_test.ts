import assert from "node:assert/strict";
import { writeReport } from "../../../../src/experiment/findings/report/write_report.ts";
import type { ResultStore } from "../../../../src/experiment/run/result_store.ts";
import { createReportPage } from "../../../../src/report/page/report_page.ts";
import { planOf, SWEEP } from "../../../explain/fake_model.ts";
import { inScratch } from "../../../support/in_scratch.ts";

Deno.test("writeReport() has the pictures in the page, in its colours, and stays as it is where nothing changed", () =>
  inScratch(async (folder) => {
    const store = { directory: folder, path: (name: string) => `${folder}/${name}` } as ResultStore;
    await Deno.mkdir(`${folder}/plots`);
    await Deno.writeTextFile(
      `${folder}/plots/completeness.svg`,
      '<svg id="one"><rect fill="white"/></svg>\n<!-- x -->\n',
    );
    await Deno.writeTextFile(`${folder}/plots/distance-far.svg`, '<svg id="two"></svg>');
    const plan = planOf(SWEEP);
    const failed = plan.cells.map((cell) => ({ cell, status: "failed" as const, error: "Cannot work" }));
    const found = { comparisons: [], findings: [], distances: ["far"] };
    const write = () => writeReport(store, createReportPage(), { plan, outcomes: failed, hasPlot: true, found });
    const path = await write();
    assert.equal(path, `${folder}/report.html`);
    const html = await Deno.readTextFile(path);
    assert.ok(html.includes('<svg id="two">') && html.includes("Cannot work"));
    const { mtime } = await Deno.stat(path);
    await write();
    assert.deepEqual((await Deno.stat(path)).mtime, mtime);
  }));
