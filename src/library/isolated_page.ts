import { escapeHtml } from "../report/text/escape_html.ts";

/** Height of a frame until its page tells its own, in pixels; and the most that it may take. */
const [FIRST_HEIGHT, MOST_HEIGHT] = [480, 1600];

/**
 * Puts a page into another as a part that shares nothing with it: neither styles nor scripts reach each other, and what
 * a prompt holds cannot act on the notebook. A reader that removes frames and scripts keeps the figure.
 *
 * @param page a whole HTML document
 * @param svg stands in its place where it may not run
 */
export function isolatedPage(page: string, svg: string, title: string): string {
  const id = `whence-${crypto.randomUUID()}`;
  const name = escapeHtml(title);
  const image = `data:image/svg+xml;base64,${new TextEncoder().encode(svg).toBase64()}`;
  return `<div>
<img id="${id}-figure" alt="${name}" src="${image}">
<iframe id="${id}" title="${name}" sandbox="allow-scripts" srcdoc="${escapeHtml(page + heightTeller(id))}" ` +
    `style="display: block; width: 100%; height: ${FIRST_HEIGHT}px; border: 0"></iframe>
<script>
(() => {
  document.getElementById("${id}-figure")?.remove();
  addEventListener("message", ({ data, source }) => {
    const frame = document.getElementById("${id}");
    if (frame === null || source !== frame.contentWindow || data?.whence !== "${id}") return;
    frame.style.height = Math.min(${MOST_HEIGHT}, Math.ceil(Number(data.height)) || ${FIRST_HEIGHT}) + "px";
  });
})();
</script>
</div>
`;
}

/** A page in a sandbox cannot be measured from without. */
function heightTeller(id: string): string {
  return `<script>new ResizeObserver(() => parent.postMessage(
  { whence: "${id}", height: document.documentElement.getBoundingClientRect().height + 8 }, "*",
)).observe(document.documentElement);</script>`;
}
