import { NEGATIVE, POSITIVE } from "../plot/theme.ts";
import { escapeHtml } from "./escape_html.ts";

/** Opacity behind the largest value. */
const STRONGEST = 0.75;

/**
 * A token with a background as strong as its value.
 *
 * @param share of the largest value, −1 to 1; null for a token that has none
 * @param title shown above it
 */
export function highlighted(text: string, share: number | null, title: string): string {
  const shown = escapeHtml(text);
  if (share === null) return `<span class="frozen" title="${escapeHtml(title)}">${shown}</span>`;
  const color = faded(share < 0 ? NEGATIVE : POSITIVE, STRONGEST * Math.min(1, Math.abs(share)));
  return `<span style="background:${color}" title="${escapeHtml(title)}">${shown}</span>`;
}

/** A colour #rrggbb so opaque, from 0 to 1. */
function faded(color: string, opacity: number): string {
  const channels = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return `rgba(${channels.join(",")},${opacity.toFixed(3)})`;
}
