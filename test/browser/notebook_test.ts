/// <reference lib="dom" />
import assert from "node:assert/strict";
import { showRecord } from "../../src/library/record_display.ts";
import { sampleRecord } from "../report/record_sample.ts";
import { startBrowser } from "./open_in_browser.ts";

const browser = await startBrowser();
addEventListener("unload", () => void browser.close());

/** The cell of a notebook that shows a record, between other cells. */
async function notebookPage(): Promise<string> {
  const record = showRecord(sampleRecord({ tokens: true }, "go to <b>bed</b> & to </script> sleep"));
  const display = Reflect.get(record, Symbol.for("Jupyter.display")) as () => Promise<Record<string, string>>;
  const html = (await display())["text/html"];
  return `<!doctype html><meta charset="utf-8"><style>p { color: red }</style><p>before</p>${html}<p>after</p>`;
}

const shared = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "a record in a notebook is the interactive page, as high as it is, and its figure is gone",
  shared,
  async () => {
    const { page, faults } = await browser.open(await notebookPage(), {}, "iframe");
    const frame = page.frameLocator("iframe");
    await frame.locator(".panel").waitFor();
    assert.equal(await page.locator("img").count(), 0);
    const inner = await frame.locator("html").evaluate((root) => root.getBoundingClientRect().height);
    await page.waitForFunction(
      (height) => Math.abs(document.querySelector("iframe")!.getBoundingClientRect().height - height) < 20,
      Math.min(1600, inner),
    );
    const before = await frame.locator(".readout").first().textContent();
    await frame.locator("[data-column], .token, .piece").first().hover();
    assert.notEqual(await frame.locator(".readout").first().textContent(), before);
    assert.deepEqual(faults, []);
    await page.context().close();
  },
);

Deno.test("the page in a notebook reaches nothing of the notebook", shared, async () => {
  const { page } = await browser.open(await notebookPage(), {}, "iframe");
  await page.frameLocator("iframe").locator(".panel").waitFor();
  const [, frame] = page.frames();
  const reached = await frame.evaluate(() => {
    try {
      return parent.document.body.textContent;
    } catch (error) {
      return (error as Error).name;
    }
  });
  assert.equal(reached, "SecurityError");
  const ownRule = await frame.locator("p").first().evaluate((p) => getComputedStyle(p).color);
  assert.notEqual(ownRule, "rgb(255, 0, 0)");
  await page.context().close();
});

Deno.test("where scripts may not run, a notebook shows the figure", shared, async () => {
  const { page, faults } = await browser.open(await notebookPage(), { javaScriptEnabled: false }, "img");
  const { width, height } = (await page.locator("img").boundingBox())!;
  assert.ok(width > 200 && height > 100, `${width} × ${height}`);
  assert.deepEqual(faults, []);
  await page.context().close();
});
