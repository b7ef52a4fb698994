import type { AttributionOptions, MethodName } from "./attribution_options.ts";

/** Other software's definitions, as defaults for whatever is left out. */
export const PRESET_NAMES = ["captum"] as const;

/** One of `PRESET_NAMES`. */
export type PresetName = typeof PRESET_NAMES[number];

/** Options of which any may be left out. */
export interface GivenOptions extends Partial<AttributionOptions> {
  /** What fills in for options that are left out, before the defaults do; what is given stays. */
  readonly preset?: PresetName;
}

interface Preset {
  /** Most tokens to generate where no target is given. */
  readonly generate: number;
  /** By method; a preset may put that software's variant of a method in its place. */
  readonly methods: Partial<Record<MethodName, Partial<AttributionOptions>>>;
}

/** Captum perturbs every token by itself, special ones too, and puts token 0 in its place. */
const CAPTUM_PERTURBATION = { scheme: "token:0", units: "pieces", freeze: [] } as const;
const CAPTUM_SHAPLEY = { ...CAPTUM_PERTURBATION, method: "captum-shapley-sampled" } as const;
const CAPTUM_KERNEL = { ...CAPTUM_PERTURBATION, method: "captum-kernel-shap" } as const;

/** docs/captum.md says how each follows from Captum 0.9. */
const PRESETS: Readonly<Record<PresetName, Preset>> = {
  captum: {
    generate: 25,
    methods: {
      "integrated-gradients": { baseline: "token:0", quadrature: "gauss-legendre", steps: 50, freeze: [] },
      "input-x-gradient": { freeze: [] },
      "feature-ablation": CAPTUM_PERTURBATION,
      occlusion: CAPTUM_PERTURBATION,
      shapley: CAPTUM_PERTURBATION,
      "shapley-sampled": CAPTUM_SHAPLEY,
      "captum-shapley-sampled": CAPTUM_SHAPLEY,
      "kernel-shap": CAPTUM_KERNEL,
      "captum-kernel-shap": CAPTUM_KERNEL,
    },
  },
};

/** Methods that a preset knows. */
export function presetMethods(preset: PresetName): readonly MethodName[] {
  return Object.keys(PRESETS[preset].methods) as MethodName[];
}

/**
 * Given options with those of the preset for what is left out; `method` is the given one, or `usual`, or the preset's
 * variant of it.
 *
 * @throws {RangeError} where the preset does not know the method
 */
export function withPreset({ preset, ...given }: GivenOptions, usual: MethodName): Partial<AttributionOptions> {
  if (preset === undefined) return given;
  const method = given.method ?? usual;
  const filled = PRESETS[preset].methods[method];
  if (filled === undefined) {
    throw new RangeError(
      `Cannot use preset ${preset} as the method must be ${presetMethods(preset).join(", ")}: got ${method}`,
    );
  }
  return { ...filled, ...given, method: filled.method ?? method };
}

/** Tokens to generate where neither they nor a target are given: the preset's, or none said. */
export function presetGenerate(preset: PresetName | undefined): number | undefined {
  return preset && PRESETS[preset].generate;
}
