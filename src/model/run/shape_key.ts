/** Returns a text that is equal for equal shapes, in any order of their fields, and differs for others. */
export function shapeKey(shape: object): string {
  return JSON.stringify(
    shape,
    (_, value) => isRecord(value) ? Object.fromEntries(Object.entries(value).sort()) : value,
  );
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
