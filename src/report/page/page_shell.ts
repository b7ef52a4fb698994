import { escapeHtml } from "../text/escape_html.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./page_code.ts";
import type { PageIndex } from "./page_data.ts";

/** Parts of a page. */
interface PageParts {
  readonly title: string;
  /** HTML that stands before the cells, and behind them. */
  readonly before: string;
  readonly after: string;
  readonly index: PageIndex;
  /** Compressed texts, then cells. */
  readonly packed: readonly string[];
}

/** Nothing may be loaded: a text that got out of its element could send nothing away. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/** A page that holds all that it shows, and loads nothing. */
export function pageShell({ title, before, after, index, packed }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
${before}
<div id="cells"><noscript><p class="note">The interactive view needs JavaScript.</p></noscript></div>
${after}
</main>
<script type="application/json" id="index">${scriptJson(index)}</script>
<script type="text/plain" id="packed">${packed.join("")}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** JSON that ends no script element, whatever texts it holds, and no line of old JavaScript. */
export function scriptJson(value: unknown): string {
  const escapes: Record<string, string> = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
  };
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character]);
}
