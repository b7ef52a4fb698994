/** The part of JSON Schema that describes an option's value. Patterns match anywhere in a text, with the flag u. */
export type JsonLeaf =
  & { readonly description?: string; readonly default?: unknown }
  & (
    | { readonly anyOf: readonly JsonLeaf[] }
    | { readonly enum: readonly string[] }
    | { readonly type: "boolean" }
    | { readonly type: "string"; readonly pattern?: string }
    | {
      readonly type: "number" | "integer";
      readonly minimum?: number;
      readonly exclusiveMinimum?: number;
      readonly maximum?: number;
    }
    | { readonly type: "array"; readonly items: JsonLeaf; readonly minItems?: number; readonly maxItems?: number }
    | {
      readonly type: "object";
      readonly properties: Readonly<Record<string, JsonLeaf>>;
      readonly required: readonly string[];
      readonly additionalProperties: false;
    }
  );

/** True if a JSON Schema allows a value. */
export function accepts(json: JsonLeaf, value: unknown): boolean {
  if ("anyOf" in json) return json.anyOf.some((choice) => accepts(choice, value));
  if ("enum" in json) return (json.enum as readonly unknown[]).includes(value);
  switch (json.type) {
    case "boolean":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string" && new RegExp(json.pattern ?? "", "u").test(value);
    case "integer":
    case "number": {
      const { minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity } = json;
      const isNumber = json.type === "integer" ? Number.isInteger(value) : Number.isFinite(value);
      return isNumber && value as number >= minimum && value as number > exclusiveMinimum && value as number <= maximum;
    }
    case "array": {
      const { items, minItems = 0, maxItems = Infinity } = json;
      return Array.isArray(value) && value.length >= minItems && value.length <= maxItems &&
        value.every((item) => accepts(items, item));
    }
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value) &&
        json.required.every((key) => Object.hasOwn(value, key)) &&
        Object.entries(value).every(([key, child]) =>
          Object.hasOwn(json.properties, key) && accepts(json.properties[key], child)
        );
  }
}

/** Returns the words that a JSON Schema allows: candidates for a misspelt one. */
export function wordsOf(json: JsonLeaf): readonly string[] {
  if ("enum" in json) return json.enum;
  if ("anyOf" in json) return json.anyOf.flatMap(wordsOf);
  return json.type === "array" ? wordsOf(json.items) : [];
}
