/** A mapping of a configuration that is not checked yet. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Returns a value that is a mapping; an empty one for any other, which the schema reports. */
export function asMapping(value: unknown): Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Mapping : {};
}

/** Returns a value that is a list; an empty one for any other, which the schema reports. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
