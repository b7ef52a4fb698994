/** Definitions of other software, as defaults for whatever is left out. */
export const PRESET_NAMES = ["captum"] as const;

/** One of `PRESET_NAMES`. */
export type PresetName = typeof PRESET_NAMES[number];

/** Methods that every preset replaces by a variant, whose options they then have. */
export const PRESET_VARIANTS = {
  "shapley-sampled": "captum-shapley-sampled",
  "kernel-shap": "captum-kernel-shap",
} as const;

interface Preset {
  /** Most tokens to generate where no target is given. */
  readonly generate: number;
  /** Options by method, in the form that a caller gives; `method` puts that software's variant in its place. */
  readonly methods: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Captum perturbs every token by itself, special ones too, and puts token 0 in its place. */
const CAPTUM_PERTURBATION = { scheme: "token:0", units: "pieces", freeze: [] };
const CAPTUM_SHAPLEY = { ...CAPTUM_PERTURBATION, method: PRESET_VARIANTS["shapley-sampled"] };
const CAPTUM_KERNEL = { ...CAPTUM_PERTURBATION, method: PRESET_VARIANTS["kernel-shap"] };

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

/** Returns the methods that a preset knows. */
export function presetMethods(preset: PresetName): readonly string[] {
  return Object.keys(PRESETS[preset].methods);
}

/** Returns a preset's options for a method; none where it does not know it. */
export function presetOptions(preset: PresetName, method: string): Readonly<Record<string, unknown>> {
  return PRESETS[preset].methods[method] ?? {};
}

/** Returns the tokens to generate where neither they nor a target are given: the preset's, or none said. */
export function presetGenerate(preset: PresetName | undefined): number | undefined {
  return preset && PRESETS[preset].generate;
}
