import { captumKernelShap } from "./captum_kernel_shap.ts";
import { captumShapleySampled } from "./captum_shapley_sampled.ts";
import { exactShapley } from "./exact_shapley.ts";
import { kernelShap } from "./kernel_shap.ts";
import { lime } from "./lime.ts";
import type { LinkName } from "./link.ts";
import { occlude } from "./occlusion.ts";
import { exactOwen, sampleOwen } from "./owen.ts";
import { sampleShapley } from "./sampled_shapley.ts";
import type { Scorer } from "./scorer.ts";
import { sparseSurrogate } from "./sparse_surrogate.ts";
import type { SurrogateAttribution } from "./surrogate.ts";
import type { UnitAttribution } from "./unit_attribution.ts";
import type { UnitTree } from "./unit_tree.ts";

/** Every option of the perturbation methods; an option that is left out has the method's default. */
export interface PerturbationOptions {
  /** Sampled methods: integer of 32 bits. */
  readonly seed: number;
  /** Sampled Shapley and Owen values, KernelSHAP: stops when the largest standard error is at most this, nats. */
  readonly standardError?: number;
  /** Attributions that `standardError` is of. */
  readonly of?: "sequence" | "targets";
  /** LIME, the sparse surrogate and Captum's KernelShap: coalitions to fit; Captum's sampled Shapley values: orders. */
  readonly samples?: number;
  /** KernelSHAP: model calls. */
  readonly calls?: number;
  /** Sampled Shapley and Owen values: most pairs of orders. */
  readonly pairs?: number;
  /** Occlusion: neighbouring units taken away at once. */
  readonly window?: number;
  /** Occlusion: units from one window to the next. */
  readonly stride?: number;
  /** Owen values: the hierarchy; halves of halves of the units by default. */
  readonly tree?: UnitTree;
  /** LIME: σ of the kernel. */
  readonly kernelWidth?: number;
  /** LIME: α of the ridge. */
  readonly ridge?: number;
  /** Sparse surrogate: α of the LASSO. */
  readonly penalty?: number;
  /** Sparse surrogate: coalitions to test it on. */
  readonly heldOut?: number;
  /** Sparse surrogate: the scale on which it is linear. */
  readonly link?: LinkName;
}

/** A method over a scorer. */
export interface PerturbationMethod {
  /** Options that have an effect. */
  readonly uses: readonly (keyof PerturbationOptions)[];
  /** True if the attributions of each target sum to F_t(x) − F_t(x′). */
  readonly complete: boolean;
  /** Runs the method within the scorer's budget. */
  run(scorer: Scorer, options: PerturbationOptions): Promise<UnitAttribution | SurrogateAttribution>;
}

/** Names of the methods. */
export const PERTURBATION_METHOD_NAMES = [
  "occlusion",
  "shapley",
  "shapley-sampled",
  "kernel-shap",
  "owen",
  "owen-sampled",
  "lime",
  "context-cite",
  "captum-shapley-sampled",
  "captum-kernel-shap",
] as const;

/** One of `PERTURBATION_METHOD_NAMES`. */
export type PerturbationMethodName = typeof PERTURBATION_METHOD_NAMES[number];

/** The perturbation methods by name; leave-one-out is occlusion by windows of one unit. */
export const PERTURBATION_METHODS: Readonly<Record<PerturbationMethodName, PerturbationMethod>> = {
  occlusion: { uses: ["window", "stride"], complete: false, run: occlude },
  shapley: { uses: [], complete: true, run: exactShapley },
  "shapley-sampled": {
    uses: ["seed", "standardError", "of", "pairs"],
    complete: true,
    run: sampleShapley,
  },
  "kernel-shap": { uses: ["seed", "standardError", "of", "calls"], complete: true, run: kernelShap },
  owen: {
    uses: ["tree"],
    complete: true,
    run: (scorer, { tree }) => exactOwen(scorer, tree),
  },
  "owen-sampled": {
    uses: ["seed", "standardError", "of", "pairs", "tree"],
    complete: true,
    run: sampleOwen,
  },
  lime: { uses: ["seed", "samples", "kernelWidth", "ridge"], complete: false, run: lime },
  "context-cite": {
    uses: ["seed", "samples", "heldOut", "penalty", "link"],
    complete: false,
    run: sparseSurrogate,
  },
  "captum-shapley-sampled": { uses: ["seed", "samples"], complete: true, run: captumShapleySampled },
  // Complete up to the weight of the ends: to about a millionth.
  "captum-kernel-shap": { uses: ["seed", "samples"], complete: false, run: captumKernelShap },
};
