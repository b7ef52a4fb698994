import { loadModel } from "../model/model.ts";
import { attribute } from "./attribute.ts";
import type { ModelSpec } from "./plan.ts";
import type { OpenModel } from "./run.ts";

/** Loads a model for the cells of an experiment. */
export async function openModel({ source, quantize, device }: ModelSpec): Promise<OpenModel> {
  const model = await loadModel(source, { device, quantize });
  return {
    fingerprint: model.fingerprint,
    attribute: (text, options) => attribute(model, text, options),
    close: () => model.close(),
  };
}
