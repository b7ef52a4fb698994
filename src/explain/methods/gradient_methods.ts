import type { LanguageModel } from "../../model/model.ts";
import type { Judged } from "../judged.ts";
import { discretizedGradients } from "./discretized_gradients.ts";
import type { GradientMethodName } from "../options/gradient_options.ts";
import { integratedGradients } from "./integrated_gradients.ts";
import { inputXGradients, saliencies } from "./local_gradients.ts";
import type { OpenObjective } from "../open_objective.ts";
import type { PreparedText } from "../prepare_text.ts";
import type { AttributionOptions } from "../options/attribution_options.ts";
import { expectedGradient, smoothGrad, smoothGradXInput } from "./sampled_gradients.ts";
import { sequentialGradients } from "./sequential_gradients.ts";

/**
 * Attributes a prepared text.
 *
 * @throws {RangeError} for options out of range, such as a layer that there is not
 */
export type GradientMethod = (
  objective: OpenObjective,
  text: PreparedText,
  options: AttributionOptions,
  model: LanguageModel,
) => Promise<Judged>;

/** The methods that differentiate. */
export const GRADIENT_METHODS: Readonly<Record<GradientMethodName, GradientMethod>> = {
  "integrated-gradients": integratedGradients,
  "input-x-gradient": inputXGradients,
  saliency: saliencies,
  "smooth-grad": smoothGrad,
  "smooth-grad-x-input": smoothGradXInput,
  "expected-gradients": expectedGradient,
  "gradient-shap": expectedGradient,
  "sequential-integrated-gradients": sequentialGradients,
  "discretized-integrated-gradients": discretizedGradients,
};
