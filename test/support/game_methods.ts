import { captumKernelShap } from "../../src/perturbation/captum_kernel_shap.ts";
import { captumShapleySampled } from "../../src/perturbation/captum_shapley_sampled.ts";
import { exactShapley } from "../../src/perturbation/exact_shapley.ts";
import { kernelShap } from "../../src/perturbation/kernel_shap.ts";
import { lime } from "../../src/perturbation/lime.ts";
import type { LinkName } from "../../src/perturbation/link.ts";
import { occlude } from "../../src/perturbation/occlusion.ts";
import { exactOwen, sampleOwen } from "../../src/perturbation/owen.ts";
import { sampleShapley } from "../../src/perturbation/sampled_shapley.ts";
import type { Scorer } from "../../src/perturbation/scorer.ts";
import { sparseSurrogate } from "../../src/perturbation/sparse_surrogate.ts";
import type { SurrogateAttribution } from "../../src/perturbation/surrogate.ts";
import type { UnitAttribution } from "../../src/perturbation/unit_attribution.ts";
import { binaryTree } from "../../src/perturbation/unit_tree.ts";

/** Options of any of the methods on a game. */
interface GameOptions {
  readonly seed: number;
  readonly samples?: number;
  readonly calls?: number;
  readonly pairs?: number;
  readonly window?: number;
  readonly heldOut?: number;
  readonly ridge?: number;
  readonly penalty?: number;
  readonly link?: LinkName;
}

/** A method on a game. */
export interface GameMethod {
  /** True if the attributions of each target sum to F_t(x) − F_t(x′). */
  readonly complete: boolean;
  run(scorer: Scorer, options: GameOptions): Promise<UnitAttribution | SurrogateAttribution>;
}

const halves = ({ units }: Scorer) => binaryTree(Array.from({ length: units }, (_, i) => i));

/** Every method that is a function of a game alone, with halves of the units as the tree of Owen values. */
export const GAME_METHODS = {
  occlusion: { complete: false, run: occlude },
  shapley: { complete: true, run: exactShapley },
  "shapley-sampled": { complete: true, run: sampleShapley },
  "kernel-shap": { complete: true, run: kernelShap },
  owen: { complete: true, run: (scorer: Scorer) => exactOwen(scorer, halves(scorer)) },
  "owen-sampled": {
    complete: true,
    run: (scorer: Scorer, options: GameOptions) => sampleOwen(scorer, { ...options, tree: halves(scorer) }),
  },
  lime: { complete: false, run: lime },
  "context-cite": { complete: false, run: sparseSurrogate },
  "captum-shapley-sampled": { complete: true, run: captumShapleySampled },
  // Complete but for what the weight of the ends leaves: about a millionth.
  "captum-kernel-shap": { complete: false, run: captumKernelShap },
} as const satisfies Readonly<Record<string, GameMethod>>;

/** Name of one of them. */
type GameMethodName = keyof typeof GAME_METHODS;

/** Names of all. */
export const GAME_METHOD_NAMES = Object.keys(GAME_METHODS) as GameMethodName[];
