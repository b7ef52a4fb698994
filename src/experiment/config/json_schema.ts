import { z } from "npm:zod@4";
import { jsonOf } from "./leaf.ts";
import { declarationsOf, optionNames } from "../../explain/methods/option_order.ts";
import { experimentSchema } from "./experiment_schema.ts";

/** The part of a JSON Schema that is changed here. */
interface JsonNode {
  type?: unknown;
  items?: JsonNode;
  minItems?: number;
  anyOf?: unknown[];
  default?: unknown;
  properties?: Record<string, JsonNode>;
}

/**
 * Returns the JSON Schema (draft 7, which editors know best) of an experiment's YAML, made of the schema that checks
 * it. An editor completes and checks keys and values by it, but no relation between keys.
 */
export function experimentJsonSchema(): Record<string, unknown> {
  const made = z.toJSONSchema(experimentSchema(), {
    target: "draft-07",
    io: "input",
    // A copy, as what is returned becomes part of the schema and is changed there.
    unrepresentable: ({ zodSchema }) =>
      structuredClone(jsonOf(zodSchema)) as Record<string, unknown> | undefined ?? "throw",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === "pipe") allowSingle(jsonSchema as JsonNode);
    },
  }) as Record<string, unknown> & JsonNode;
  const sweep = made.properties!.sweeps.items!.properties!;
  for (const name of optionNames()) {
    const [{ kind, default: usual }] = declarationsOf(name);
    if (usual !== null && typeof usual !== "function") sweep[name].default = kind.write(usual as never);
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
