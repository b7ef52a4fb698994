import type { AttributionRecord } from "../explain/record/record.ts";
import { renderRecord } from "../report/render_record.ts";
import { isolatedPage } from "./isolated_page.ts";

/** Asked by Jupyter's kernels for the forms of a value. */
const DISPLAY = Symbol.for("Jupyter.display");

/**
 * Makes a record show itself in a notebook: as the page of `attribute --format html`, as its figure where scripts may
 * not run, as the table elsewhere. It stays plain data: what shows it is not enumerable, so JSON, structuredClone,
 * comparisons and copies do not see it.
 *
 * @param record of `attribute`, or read from JSON
 * @returns the same record
 */
export function showRecord<R extends AttributionRecord>(record: R): R {
  return showAs(record, (shown) => displayForms(shown));
}

/**
 * Lets a notebook show a value by forms of its own, without a change that code can see.
 *
 * @param forms contents by MIME type
 */
export function showAs<V extends object>(
  value: V,
  forms: (value: V) => Record<string, string> | Promise<Record<string, string>>,
): V {
  return Object.defineProperty(value, DISPLAY, {
    value: () => forms(value),
    enumerable: false,
    configurable: true,
    writable: true,
  });
}

async function displayForms(record: AttributionRecord): Promise<Record<string, string>> {
  const [table, svg, page] = await Promise.all(
    (["table", "svg", "html"] as const).map((format) => renderRecord(record, format) as Promise<string>),
  );
  const title = `Attribution of ${JSON.stringify(record.target.text)}`;
  return { "text/plain": table, "image/svg+xml": svg, "text/html": isolatedPage(page, svg, title) };
}
