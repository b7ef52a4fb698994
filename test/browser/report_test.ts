/// <reference lib="dom" />
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { AttributionRecord } from "../../src/explain/record/record.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "../../src/report/page/page_code.ts";
import { recordPage } from "../../src/report/page/record_page.ts";
import { createReportPage, type Report } from "../../src/report/page/report_page.ts";
import type { CellField } from "../../src/report/page/table_columns.ts";
import { sampledRecord, sampleRecord } from "../report/record_sample.ts";
import { throughRecord } from "../report/through_sample.ts";
import { largeRecord } from "./large_records.ts";
import { type ShownPage, startBrowser } from "./open_in_browser.ts";

const REPORT: Report = {
  ...{ title: "trial", question: "Which?", figures: [], facts: [], answer: [], after: [], first: null },
};

const browser = await startBrowser();
addEventListener("unload", () => void browser.close());

function reportOf(cells: Iterable<readonly [method: string, record: AttributionRecord]>): string {
  const page = createReportPage();
  let i = 0;
  for (const [method, record] of cells) {
    const fields: CellField[] = [
      { kind: "text", name: "method", value: method, isSetting: true },
      { kind: "text", name: "seed", value: `${i}`, isSetting: true },
      { kind: "number", name: "Σ", value: 100 * Math.sin(i) },
      { kind: "share", name: "κ", value: (i % 100) / 1000 },
    ];
    page.add({ id: `cell ${i++}`, record, fields });
  }
  return page.end(REPORT);
}

/** Defines a test of a page; its script must throw nothing, and ask for nothing. */
function pageTest(name: string, html: () => string, body: (shown: ShownPage) => Promise<void>): void {
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const shown = await browser.open(html());
      await body(shown);
      assert.deepEqual(shown.faults, []);
      await shown.page.context().close();
    },
  });
}

/** Colours of a text's pieces: the sign and the opacity of each. */
async function colors({ page }: ShownPage, name: string): Promise<(number | null)[]> {
  return await page.getByRole("group", { name }).first().locator("[data-member]").evaluateAll((pieces) =>
    pieces.map((piece) => {
      const [, sign, opacity] = /var\(--(plus|minus)\)\s*\/\s*([\d.]+)/.exec(piece.getAttribute("style") ?? "") ?? [];
      return sign === undefined ? null : Number(opacity) * (sign === "minus" ? -1 : 1);
    })
  );
}

/** Colours of values whose largest is the strongest. */
function wanted(values: readonly number[]): (number | null)[] {
  const largest = Math.max(...values.map(Math.abs));
  return values.map((value) => Math.abs(value) / largest < 0.004 ? null : 0.78 * value / largest);
}

function assertColors(found: readonly (number | null)[], values: readonly number[]): void {
  wanted(values).forEach((color, i) => {
    assert.ok(
      color === null ? found[i] === null : Math.abs(found[i]! - color) < 2e-3,
      `${i}: ${found[i]}, not ${color}`,
    );
  });
}

const RECORD = sampleRecord({ tokens: true });

pageTest(
  "pointing at a target token shows what it rests on, a click holds it, Escape lets go",
  () => recordPage(RECORD),
  async (shown) => {
    const { page } = shown;
    assertColors(await colors(shown, "Prompt"), RECORD.sequenceAttribution);
    const target = page.getByRole("group", { name: "Target" }).first();
    await target.getByText("dream").hover();
    assertColors(await colors(shown, "Prompt"), RECORD.tokenAttribution![2]);
    assert.match(await page.getByRole("status").innerText(), /^“dream” rests most on “.*” [+−].*score/);
    await target.getByText("dream").click();
    await page.mouse.move(0, 0);
    assertColors(await colors(shown, "Prompt"), RECORD.tokenAttribution![2]);
    await target.getByText("a", { exact: true }).hover();
    assertColors(await colors(shown, "Prompt"), RECORD.tokenAttribution![0]);
    await page.mouse.move(0, 0);
    await page.keyboard.press("Escape");
    assertColors(await colors(shown, "Prompt"), RECORD.sequenceAttribution);
  },
);

pageTest(
  "pointing at a prompt token shows what it feeds, and the pair with a held one",
  () => recordPage(RECORD),
  async (shown) => {
    const { page } = shown;
    const [prompt, target] = ["Prompt", "Target"].map((name) => page.getByRole("group", { name }).first());
    await prompt.locator("[data-member='1']").hover();
    assertColors(await colors(shown, "Target"), RECORD.tokenAttribution!.map((row) => row[1]));
    assert.match(await page.getByRole("status").innerText(), /^“to” feeds the target .* nats; most to/);
    await target.locator("[data-member='2']").click();
    await prompt.locator("[data-member='1']").hover();
    assert.match(await page.getByRole("status").innerText(), /^“to” → “dream”: [+−][\d.]+( ± [\de.−]+)? nats/);
  },
);

pageTest("keys do all that the pointer does", () => recordPage(RECORD), async (shown) => {
  const { page } = shown;
  await page.getByRole("group", { name: "Prompt" }).first().getByRole("button").first().focus();
  await page.keyboard.press("Tab");
  const focused = () => page.evaluate(() => document.activeElement!.textContent);
  assert.equal(await focused(), "a", "the prompt is one stop, the target the next");
  for (const _ of [1, 2]) await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "dream");
  assertColors(await colors(shown, "Prompt"), RECORD.tokenAttribution![2]);
  await page.keyboard.press("Enter");
  assert.equal(await page.getByRole("button", { name: "dream" }).getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Shift+Tab");
  assertColors(await colors(shown, "Prompt"), RECORD.tokenAttribution![2]);
  const spoken = await page.evaluate(() => document.activeElement!.getAttribute("aria-label"));
  assert.match(spoken!, /^“go”, [+−][\d.]+.* nats$/);
  await page.keyboard.press("Escape");
  assertColors(await colors(shown, "Prompt"), RECORD.sequenceAttribution);
  await page.getByRole("tab", { name: "Heat map" }).press("Enter");
  await page.getByRole("img", { name: /Target against prompt/ }).press("ArrowDown");
  assert.match(await page.getByRole("status").innerText(), /^“go” → /);
});

pageTest("units take the place of tokens, and tokens theirs", () => recordPage(sampledRecord()), async (shown) => {
  const { page } = shown;
  const record = sampledRecord();
  const unitOf = (i: number) => record.units!.prompt.findIndex(({ tokens }) => tokens.includes(i));
  const values = record.prompt.tokens.map((_, i) =>
    record.units!.prompt[unitOf(i)].frozen ? 0 : record.units!.sequence[unitOf(i)]
  );
  assertColors(await colors(shown, "Prompt"), values);
  await page.getByRole("button", { name: "tokens", exact: true }).click();
  assertColors(await colors(shown, "Prompt"), record.sequenceAttribution);
});

pageTest("chains show one way after the other", () => recordPage(throughRecord()), async (shown) => {
  const { page } = shown;
  await page.getByRole("tab", { name: "Chains" }).click();
  const { total, spans } = throughRecord().through!;
  assertColors(await colors(shown, "Prompt"), total);
  await page.getByRole("radio", { name: /through 1/ }).click();
  assertColors(await colors(shown, "Prompt"), spans[0].part);
  assert.match(await page.locator(".ways").innerText(), /through 1 “a”, passed by [\d.]+ %/);
});

const SMALL = () =>
  reportOf(Array.from({ length: 30 }, (_, i) => [i % 3 === 0 ? "ig" : "lime", largeRecord(4, 8, i % 2)] as const));

pageTest("cells are filtered, sorted, walked by keys, and named in the address", SMALL, async ({ page }) => {
  const rows = () => page.locator(".row").count();
  await page.getByRole("searchbox").fill("ig κ>1%");
  assert.equal(await page.locator("output").innerText(), "6 of 30 cells");
  assert.equal(await rows(), 6);
  await page.getByRole("columnheader", { name: "seed" }).getByRole("button").click();
  await page.getByRole("columnheader", { name: "seed" }).getByRole("button").click();
  assert.equal(await page.getByRole("columnheader", { name: "seed" }).getAttribute("aria-sort"), "descending");
  await page.getByRole("grid").press("ArrowDown");
  await page.waitForURL(/#cell=cell\+27$/);
  await page.getByRole("grid").press("End");
  await page.waitForURL(/#cell=cell\+12$/);
  await page.getByRole("searchbox").fill("");
  await page.getByRole("combobox", { name: "method" }).selectOption({ label: "lime" });
  assert.equal(await page.locator("output").innerText(), "20 of 30 cells");
});

pageTest(
  "two cells stand side by side with their difference",
  () =>
    reportOf([["ig", RECORD], ["lime", {
      ...RECORD,
      tokenAttribution: RECORD.tokenAttribution!.map((row) => row.map((one) => one / 2)),
    }]]),
  async ({ page, faults }) => {
    await page.locator(".row .compare").first().click();
    await page.waitForURL(/#cell=cell\+0&with=cell\+1$/);
    await page.getByRole("group", { name: "Target" }).first().getByText("dream").hover();
    const shown = await page.getByRole("group", { name: "Prompt" }).evaluateAll((groups) =>
      groups.map((group) => [...group.querySelectorAll("[data-member]")].map((piece) => piece.getAttribute("style")))
    );
    assert.equal(shown.length, 3);
    assert.deepEqual(shown[1], shown[2], "half is what is left of the whole");
    assert.notDeepEqual(shown[0], shown[1]);
    assert.deepEqual(faults, []);
  },
);

pageTest("an experiment whose cells all failed says so", () => reportOf([]), async ({ page }) => {
  assert.match(await page.locator("#cells").innerText(), /^No cell has a result/);
});

const EVIL =
  `</script><script>globalThis.caught = 1</script><img src=x onerror="globalThis.caught = 1"> \${caught} \u2028`;

pageTest(
  "a prompt of HTML and scripts is a text",
  () => reportOf([[EVIL, sampleRecord({ tokens: true }, EVIL)], ["b", RECORD]]),
  async ({ page }) => {
    assert.equal(await page.evaluate("globalThis.caught"), undefined);
    assert.equal(await page.locator("img:not([role])").count(), 0);
    const shown = await page.getByRole("group", { name: "Prompt" }).first().innerText();
    assert.ok(shown.includes("</script><script>") && shown.includes("\\u{2028}"));
    assert.ok((await page.locator(".row").first().innerText()).includes("<img src=x"));
  },
);

pageTest("10,000 cells are there within 3 s, and only rows in sight are drawn", () => {
  const records = Array.from({ length: 50 }, (_, i) => largeRecord(10, 20, i));
  return reportOf(Array.from({ length: 10_000 }, (_, i) => [["ig", "lime", "shap"][i % 3], records[i % 50]] as const));
}, async ({ page, busy }) => {
  const opened = await busy();
  assert.ok(opened < 3000, `${opened} ms`);
  assert.ok(await page.locator(".row").count() < 60);
  await page.getByRole("searchbox").fill("shap 9");
  await page.getByRole("grid").press("End");
  await page.waitForURL(/#cell=cell\+9998$/);
  assert.ok(await busy() - opened < 1500, `${await busy() - opened} ms`);
});

pageTest(
  "a text of 400 × 200 tokens follows the pointer",
  () => recordPage(largeRecord(200, 400)),
  async ({ page, busy }) => {
    const moves = 20;
    const before = await busy();
    await page.evaluate(async (moves) => {
      for (let i = 0; i < moves; i++) {
        const piece = document.querySelector(`[aria-label=Target] [data-member="${i}"]`)!;
        piece.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
        await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      }
    }, moves);
    const each = (await busy() - before) / moves;
    // Of what is held the strongest word comes into sight.
    const [, last] = largeRecord(200, 400).tokenAttribution!;
    const strongest = last.reduce((top, value, i) => Math.abs(value) > Math.abs(last[top]) ? i : top, 0);
    await page.getByRole("group", { name: "Target" }).locator("[data-member='1']").click();
    const piece = page.getByRole("group", { name: "Prompt" }).locator(`[data-member="${strongest}"]`);
    assert.ok(
      strongest > 200 && await piece.evaluate((node) => {
        const [own, text] = [node, node.parentElement!].map((one) => one.getBoundingClientRect());
        return own.top >= text.top && own.bottom <= text.bottom;
      }),
    );
    assert.ok(each < 60, `${each} ms a move`);
  },
);

/** Colours of the page's style: the light and the dark one of each. */
const COLOURS = [...PAGE_STYLE.matchAll(/(--\w+): var\(--light, ([^)]+)\) var\(--dark, ([^)]+)\)/g)]
  .map(([, name, light, dark]) => ({ name, light, dark }));

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test({
    name: `a page is ${colorScheme} where the system is`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const { page } = await browser.open(recordPage(RECORD), { colorScheme });
      const color = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const values = () =>
        page.evaluate((names) => {
          const style = getComputedStyle(document.documentElement);
          return names.map((name) => style.getPropertyValue(name).trim());
        }, COLOURS.map(({ name }) => name));
      const paper = { light: "rgb(255, 255, 255)", dark: "rgb(22, 24, 28)" };
      const is = async (theme: "light" | "dark") => {
        assert.equal(await color(), paper[theme]);
        assert.deepEqual(await values(), COLOURS.map((both) => both[theme]));
      };
      assert.ok(COLOURS.length > 10 && COLOURS.every(({ light, dark }) => light !== dark));
      await is(colorScheme);
      await page.getByRole("button", { name: "colours: auto" }).click();
      await is("light");
      await page.getByRole("button", { name: "colours: light" }).click();
      await is("dark");
      await page.context().close();
    },
  });
}

Deno.test("page_code.ts is what the bundler makes of the sources", async () => {
  const entry = fileURLToPath(new URL("../../src/report/page/client/start.ts", import.meta.url));
  const args = ["bundle", "--quiet", "--minify", "--platform", "browser", entry];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
  assert.equal(new TextDecoder().decode(stdout).trim(), PAGE_SCRIPT);
});
