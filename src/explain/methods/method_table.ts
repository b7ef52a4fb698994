import { attnLrp } from "./gradient/attn_lrp.ts";
import { discretizedIntegratedGradients } from "./gradient/discretized_integrated_gradients.ts";
import { expectedGradients } from "./gradient/expected_gradients.ts";
import { gim } from "./gradient/gim.ts";
import { gradientShap } from "./gradient/gradient_shap.ts";
import { inputXGradient } from "./gradient/input_x_gradient.ts";
import { integratedGradients } from "./gradient/integrated_gradients.ts";
import { saliency } from "./gradient/saliency.ts";
import { secant } from "./gradient/secant.ts";
import { sequentialIntegratedGradients } from "./gradient/sequential_integrated_gradients.ts";
import { smoothGrad } from "./gradient/smooth_grad.ts";
import { smoothGradXInput } from "./gradient/smooth_grad_x_input.ts";
import { flashtrace } from "./flow/flashtrace.ts";
import type { Method } from "./method.ts";
import { captumKernelShap } from "./perturbation/captum_kernel_shap.ts";
import { captumShapleySampled } from "./perturbation/captum_shapley_sampled.ts";
import { coarseToFine } from "./perturbation/coarse_to_fine.ts";
import { contextCite } from "./perturbation/context_cite.ts";
import { featureAblation } from "./perturbation/feature_ablation.ts";
import { kernelShap } from "./perturbation/kernel_shap.ts";
import { lime } from "./perturbation/lime.ts";
import { occlusion } from "./perturbation/occlusion.ts";
import { owen } from "./perturbation/owen.ts";
import { owenSampled } from "./perturbation/owen_sampled.ts";
import { shapley } from "./perturbation/shapley.ts";
import { shapleySampled } from "./perturbation/shapley_sampled.ts";

/** The methods, a row each. The first is the default. */
export const METHOD_ROWS = [
  integratedGradients,
  inputXGradient,
  secant,
  attnLrp,
  gim,
  saliency,
  smoothGrad,
  smoothGradXInput,
  expectedGradients,
  gradientShap,
  sequentialIntegratedGradients,
  discretizedIntegratedGradients,
  featureAblation,
  occlusion,
  shapley,
  shapleySampled,
  kernelShap,
  owen,
  owenSampled,
  lime,
  contextCite,
  coarseToFine,
  captumShapleySampled,
  captumKernelShap,
  flashtrace,
] as const;

/** Rows by name, those of extensions among them. */
const METHODS: Map<string, Method> = new Map(METHOD_ROWS.map((row) => [row.name, row as unknown as Method]));

/** Methods of this package, as types. */
export type MethodRow = typeof METHOD_ROWS[number];

/** Name of a method of this package. */
export type MethodName = MethodRow["name"];

/** The method where none is given. */
export const DEFAULT_METHOD = METHOD_ROWS[0].name;

/** Returns every method, in the order of tables. */
export function allMethods(): readonly Method[] {
  return [...METHODS.values()];
}

/** Returns the names of all methods. */
export function methodNames(): readonly string[] {
  return [...METHODS.keys()];
}

/**
 * Returns a method.
 *
 * @throws {RangeError} if there is none of this name
 */
export function methodOf(name: string): Method {
  const found = METHODS.get(name);
  if (found === undefined) {
    throw new RangeError(`Cannot find a method as it must be one of ${methodNames().join(", ")}: got ${name}`);
  }
  return found;
}

/** Returns a method, or undefined if there is none of this name. */
export function findMethod(name: unknown): Method | undefined {
  return typeof name === "string" ? METHODS.get(name) : undefined;
}

/**
 * Adds a row for a method from elsewhere; flags, YAML keys and columns follow from it.
 *
 * @throws {RangeError} if the name is taken
 */
// deno-lint-ignore no-explicit-any
export function addMethod(added: Method<string, any>): void {
  if (METHODS.has(added.name)) throw new RangeError(`Cannot add a method as its name must be new: got ${added.name}`);
  METHODS.set(added.name, added);
}
