import type { AttributionRecord } from "../../explain/record/record.ts";

/** The record as JSON: indented by two, a list of plain values on one line, a line break at the end. */
export function recordJson(record: AttributionRecord): string {
  return readableJson(record) + "\n";
}

/** JSON that a person can read and a version control can compare: lists of plain values stay on one line. */
export function readableJson(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const inner = indent + "  ";
  if (Array.isArray(value)) {
    if (value.every(isPlain)) return `[${value.map((item) => JSON.stringify(item) ?? "null").join(", ")}]`;
    return `[\n${value.map((item) => inner + readableJson(item, inner)).join(",\n")}\n${indent}]`;
  }
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  if (entries.length === 0) return "{}";
  const short = entries.every(([, child]) => isPlain(child)) && indent !== "" ? oneLineObject(entries) : "";
  if (short !== "" && short.length <= 100) return short;
  const lines = entries.map(([key, child]) => `${inner}${JSON.stringify(key)}: ${readableJson(child, inner)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

function oneLineObject(entries: [string, unknown][]): string {
  return `{ ${entries.map(([key, child]) => `${JSON.stringify(key)}: ${JSON.stringify(child)}`).join(", ")} }`;
}

function isPlain(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}
