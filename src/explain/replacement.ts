import type { Replacement } from "../perturbation/prompt_variant.ts";
import type { LanguageModel } from "../model/model.ts";
import { embeddingRow } from "./embedding_row.ts";

/** Schemes that put nothing in the place of a unit. */
const REMOVALS = ["delete", "delete-in-place", "mask-attention"] as const;

/**
 * What a scheme puts in the place of tokens that are taken away.
 *
 * @throws {RangeError} for an unknown scheme or token
 */
export async function replacementOf(model: LanguageModel, scheme: string): Promise<Replacement> {
  const kind = REMOVALS.find((name) => name === scheme);
  return kind === undefined ? { kind: "row", row: await embeddingRow(model, scheme, "scheme") } : { kind };
}
