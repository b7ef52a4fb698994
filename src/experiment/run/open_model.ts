import { attributeResolved } from "../../explain/attribute.ts";
import { loadModel, type LoadOptions } from "../../model/model.ts";
import type { ModelSpec } from "./cell.ts";
import { confirmRecord } from "./confirm_record.ts";
import { foresee } from "../foretell/foresee.ts";
import type { ModelListeners, OpenModel } from "./run_context.ts";

/**
 * Loads a model for the cells of an experiment.
 *
 * @param how settings that change no result beyond rounding, and are therefore no part of the specification
 */
export async function openModel(
  { source, quantize, device }: ModelSpec,
  how: Pick<LoadOptions, "memory" | "threads" | "tuning" | "cache" | keyof ModelListeners> = {},
): Promise<OpenModel> {
  const model = await loadModel(source, { device, quantize, ...how });
  const foreseen = foresee(model, { device, quantize, memory: how.memory, threads: how.threads });
  return {
    // Without a listener nobody would hear it.
    ...(how.onWork && { foreseen }),
    fingerprint: model.fingerprint,
    identity: model.identity,
    confirm: (cell, record) => confirmRecord(model, cell, record),
    attribute: (text, options, listeners) => attributeResolved(model, text, options, listeners),
    close() {
      foreseen.close();
      model.close();
    },
  };
}
