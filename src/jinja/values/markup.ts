import { isList, type Markup, type Value } from "./value.ts";

const HTML: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

/** Marks a text as safe, its characters escaped. */
export function escapeHtml(text: string): Markup {
  return { kind: "markup", text: text.replace(/[&<>'"]/g, (character) => HTML[character]) };
}

/** Takes a text as one that is marked safe; null for another value. */
export function asMarkup(value: Value): Markup | null {
  if (typeof value === "string") return escapeHtml(value);
  return value !== null && typeof value === "object" && !isList(value) && value.kind === "markup" ? value : null;
}
