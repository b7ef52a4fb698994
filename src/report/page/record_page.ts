import type { AttributionRecord } from "../../explain/record/record.ts";
import { recordTable } from "../table/record_table.ts";
import { escapeHtml } from "../text/escape_html.ts";
import { createCellStore } from "./cell_store.ts";
import { pageCell } from "./page_cell.ts";
import { pageShell } from "./page_shell.ts";

/** One attribution as a page of its own, which loads nothing from anywhere: the text itself, and all numbers. */
export function recordPage(record: AttributionRecord): string {
  const { text, cell } = pageCell(record);
  const store = createCellStore();
  store.add(cell, text);
  const { packed, texts, cells, textOf } = store.end();
  const title = `${cell.title}: ${record.model.id}`;
  return pageShell({
    title,
    before: `<header><h1>What made the model write this?</h1></header>`,
    after: `<details class="plain"><summary>The same as a table</summary>
<pre>${escapeHtml(recordTable(record))}</pre></details>`,
    index: { title, ids: [record.model.id], columns: [], first: 0, texts, cells, textOf },
    packed,
  });
}
