import { z } from "npm:zod@4";
import { jsonOf } from "./leaf.ts";
import { declarationsOf, optionNames } from "../../explain/methods/option_order.ts";
import { experimentSchema } from "./experiment_schema.ts";

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
  const made = z.toJSONSchema(experimentSchema(), {
    target: "draft-07",
    io: "input",
    unrepresentable: ({ zodSchema }) => jsonOf(zodSchema) as Record<string, unknown> | undefined ?? "throw",
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
