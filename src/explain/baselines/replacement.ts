import type { Replacement } from "../../perturbation/prompt_variant.ts";
import type { LanguageModel } from "../../model/model.ts";
import { isRemoval, type PlainScheme } from "../options/scheme.ts";
import { embeddingRow } from "./embedding_row.ts";

/**
 * Returns what a scheme puts in the place of tokens that are taken away.
 *
 * @throws {RangeError} if a token does not exist
 */
export async function replacementOf(model: LanguageModel, scheme: PlainScheme): Promise<Replacement> {
  return isRemoval(scheme) ? { kind: scheme.kind } : { kind: "row", row: await embeddingRow(model, scheme, "scheme") };
}
