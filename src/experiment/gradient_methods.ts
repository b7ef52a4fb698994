import type { LanguageModel } from "../model/model.ts";
import type { Judged } from "./build_record.ts";
import { discretizedGradients } from "./discretized.ts";
import type { GradientMethodName } from "./gradient_options.ts";
import { integratedGradients } from "./integrate.ts";
import { inputXGradients, saliencies } from "./local.ts";
import type { OpenObjective } from "./objective.ts";
import type { PreparedText } from "./prepare_text.ts";
import type { AttributionOptions } from "./request.ts";
import { expectedGradient, smoothGrad, smoothGradXInput } from "./sampled.ts";
import { sequentialGradients } from "./sequential.ts";

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
