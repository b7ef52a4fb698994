/** Text for an element or a quoted attribute; characters that HTML forbids become U+FFFD. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.toWellFormed().replace(/[^\P{Cc}\t\n\r]/gu, "\ufffd").replace(
    /[&<>"']/g,
    (c) => entities[c],
  );
}
