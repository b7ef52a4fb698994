import { z } from "npm:zod@4";
import { jsonOf } from "./leaf.ts";
import { SWEEP_OPTIONS } from "../../explain/options/relevance.ts";
import { DEFAULT_OPTIONS } from "../../explain/options/attribution_options.ts";
import { EXPERIMENT_SCHEMA } from "./experiment_schema.ts";

/** What of a JSON Schema is looked at here. */
interface JsonNode {
  type?: unknown;
  items?: JsonNode;
  minItems?: number;
  anyOf?: unknown[];
  default?: unknown;
  properties?: Record<string, JsonNode>;
}

/**
 * The JSON Schema (draft 7, which editors know best) of an experiment's YAML, made of the schema that checks it: an editor
 * that is told of it completes and checks keys and values. What depends on several keys at once is not in it.
 */
export function experimentJsonSchema(): Record<string, unknown> {
  const made = z.toJSONSchema(EXPERIMENT_SCHEMA, {
    target: "draft-07",
    io: "input",
    unrepresentable: ({ zodSchema }) => jsonOf(zodSchema) as Record<string, unknown> | undefined ?? "throw",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === "pipe") allowSingle(jsonSchema as JsonNode);
    },
  }) as Record<string, unknown> & JsonNode;
  const sweep = made.properties!.sweeps.items!.properties!;
  for (const option of SWEEP_OPTIONS) {
    const usual = DEFAULT_OPTIONS[option];
    if (usual !== null) sweep[option].default = usual;
  }
  return { title: "Whence experiment", ...made };
}

/** A list that `each` makes of a single value: either is written. */
function allowSingle(node: JsonNode): void {
  if (node.type !== "array") return;
  const { type, items, minItems } = node;
  for (const key of ["type", "items", "minItems"] as const) delete node[key];
  node.anyOf = [items, { type, items, minItems }];
}
