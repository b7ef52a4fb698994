import { occlude } from "../../../perturbation/occlusion.ts";
import { MOST_CALLS } from "../../options/bounds.ts";
import { option } from "../../options/option.ts";
import { DRAW_OPTIONS, PERTURBATION_OPTIONS } from "../../options/sampling_options.ts";
import { wholeNumber } from "../../options/value_kind.ts";
import { method } from "../method.ts";
import { perturb } from "./perturb.ts";

/** Takes windows of neighbouring units away. */
export const occlusion = method({
  name: "occlusion",
  title: "Occlusion",
  family: "perturbation",
  yields: "additive",
  looseParts: "occlusions",
  cost: "⌈(N − window) / stride⌉ + 3 model calls",
  calls: (units, { window, stride }) => Math.ceil((units - Number(window)) / Number(stride)) + 3,
  purpose: "feature ablation of neighbours that say the same",
  source: "Zeiler & Fergus 2014; windows as Captum's Occlusion",
  options: {
    ...PERTURBATION_OPTIONS,
    ...DRAW_OPTIONS,
    window: option({
      kind: wholeNumber(1, MOST_CALLS),
      default: 1,
      help: "neighbouring units taken away at once",
    }),
    stride: option({
      kind: wholeNumber(1, MOST_CALLS),
      default: 1,
      help: "units from one window to the next, at most the window",
      limit: {
        on: "window",
        expects: (stride: number, window: number) => stride > window ? `at most ${window} with window ${window}` : null,
      },
    }),
  },
  run: (subject, options) => perturb(subject, options, (scorer, own) => occlude(scorer, own)),
});
