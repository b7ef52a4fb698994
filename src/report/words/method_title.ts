/** Methods that are not called as they are spelt. */
const TITLES: Readonly<Record<string, string>> = {
  shapley: "Shapley values",
  "shapley-sampled": "Shapley values, sampled",
  "kernel-shap": "Shapley values by KernelSHAP",
  owen: "Owen values",
  "owen-sampled": "Owen values, sampled",
  lime: "LIME",
  "input-x-gradient": "Input × gradient",
  "smooth-grad": "SmoothGrad",
  "smooth-grad-x-input": "SmoothGrad × input",
  "gradient-shap": "GradientSHAP",
  "context-cite": "ContextCite",
  "captum-shapley-sampled": "Shapley values, sampled as Captum does",
  "captum-kernel-shap": "Shapley values by Captum's KernelSHAP",
};

/** Title of a method: `Integrated gradients`. */
export function methodTitle(name: string): string {
  return TITLES[name] ?? sentenceCase(name.replaceAll("-", " "));
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
