import type { AttributionOptions } from "../../src/explain/methods/attribution_options.ts";

/** Options of an attribution whose rows make chains, or the hops of FlashTrace, which has no rows. */
export type ChainMethod = AttributionOptions | { readonly method: "hops"; readonly hops: number };

const GRADIENTS = { quadrature: "gauss-legendre", steps: 16, perTarget: false } as const;

/** The methods that are measured, by name. */
export const CHAIN_METHODS: Readonly<Record<string, ChainMethod>> = {
  "feature-ablation-resample": { method: "feature-ablation", scheme: "resample", draws: 2 },
  "feature-ablation-mean": { method: "feature-ablation", scheme: "mean" },
  "feature-ablation-mask": { method: "feature-ablation", scheme: "mask-attention" },
  "occlusion-mean": { method: "occlusion", scheme: "mean", window: 2 },
  "integrated-gradients-mean": { ...GRADIENTS, baseline: "mean", prefix: "interpolated" },
  "integrated-gradients-token": { ...GRADIENTS, baseline: "token:0", prefix: "interpolated" },
  "secant": { method: "secant", baseline: "mean" },
  "input-x-gradient": { method: "input-x-gradient" },
  "attn-lrp": { method: "attn-lrp", objective: "logit" },
  "gim": { method: "gim" },
  "flashtrace": { method: "hops", hops: 3 },
};
