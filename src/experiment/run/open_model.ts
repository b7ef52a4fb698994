import { attributeResolved } from "../../explain/attribute.ts";
import { loadModel, type LoadOptions } from "../../model/model.ts";
import type { ModelSpec } from "./cell.ts";
import type { OpenModel } from "./run_context.ts";

/**
 * Loads a model for the cells of an experiment.
 *
 * @param how settings that change no result beyond rounding, and are therefore no part of the specification
 */
export async function openModel(
  { source, quantize, device }: ModelSpec,
  how: Pick<LoadOptions, "memory" | "threads" | "tuning" | "cache" | "onHint" | "onDownload"> = {},
): Promise<OpenModel> {
  const model = await loadModel(source, { device, quantize, ...how });
  return {
    fingerprint: model.fingerprint,
    attribute: (text, options) => attributeResolved(model, text, options),
    close: () => model.close(),
  };
}
