import assert from "node:assert/strict";
import { type OpenedCell, openStore } from "../../../src/report/page/client/data/store.ts";
import type { PageIndex } from "../../../src/report/page/page_data.ts";

/** The index and the cells that a page holds, read as the page's own script does. */
export async function openPage(html: string): Promise<{ readonly index: PageIndex; readonly cells: OpenedCell[] }> {
  const between = (start: string) => {
    const from = html.indexOf(start);
    assert.ok(from > 0, `the page has ${start}`);
    return html.slice(from + start.length, html.indexOf("</script>", from));
  };
  const index: PageIndex = JSON.parse(between('<script type="application/json" id="index">'));
  const store = openStore(index, between('<script type="text/plain" id="packed">'));
  return { index, cells: await Promise.all(index.ids.map((_, i) => store.open(i))) };
}
