import type { JsonLeaf } from "../../explain/options/json_leaf.ts";
import type { KnownCause } from "../findings/truth/truth.ts";
import { leaf } from "./leaf.ts";

const CAUSES: JsonLeaf = {
  anyOf: [
    { type: "string", pattern: "\\S", description: "a text that the prompt has once" },
    {
      type: "array",
      items: { type: "integer", minimum: 0 },
      minItems: 2,
      maxItems: 2,
      description: "from and behind which UTF-16 unit of the prompt",
    },
  ],
};

/** JSON Schema of known causes. */
export const TRUTH_JSON: JsonLeaf = {
  type: "array",
  minItems: 1,
  items: {
    anyOf: [CAUSES, {
      type: "object",
      properties: {
        target: { type: "string", pattern: "\\S", description: "the part of the target that they cause" },
        causes: { type: "array", minItems: 1, items: CAUSES },
      },
      required: ["target", "causes"],
      additionalProperties: false,
    }],
  },
  description: "known causes of the target, or of parts of it: attributions are held against them",
};

/** Form of known causes, for "expected …". */
export const TRUTH_FORM = "a list of causes, texts or [start, end], or of mappings with target and causes";

/** Known causes of a target. */
export const TRUTH = leaf<(KnownCause | { target: string; causes: KnownCause[] })[]>(TRUTH_FORM, TRUTH_JSON);
