import assert from "node:assert/strict";
import { methodNames } from "../../../src/explain/methods/method_table.ts";
import { HEAD, problemsOf } from "./config_problems.ts";

const BASELINES = "zero, mean, eos, pad, random, shuffle, text:<prompt of as many tokens>, token:<id or text> or " +
  "samples:<list of these, none of them drawn>";

const SWEEPS: [string, string, string[]][] = [
  ["an unknown key with the nearest known one", "  - method: feature-ablation\n    shceme: zero\n", [
    "9:5: sweeps[0].shceme: expected an option, got an unknown name; did you mean scheme?",
  ]],
  ["steps of 0", "  - method: integrated-gradients\n    quadrature: trapezoid\n    steps: [20, 0]\n", [
    "10:17: sweeps[0].steps[1]: expected a whole number from 1 to 100000, got 0",
  ]],
  ["steps of the wrong type", "  - method: integrated-gradients\n    quadrature: trapezoid\n    steps: many\n", [
    '10:12: sweeps[0].steps[0]: expected a whole number from 1 to 100000, got "many"',
  ]],
  ["one step of a trapezoid", "  - method: integrated-gradients\n    quadrature: trapezoid\n    steps: 1\n", [
    "10:12: sweeps[0].steps[0]: expected at least 2 with quadrature trapezoid, got 1",
  ]],
  ["a misspelt value with the nearest right one", "  - method: feature-ablaton\n", [
    `8:13: sweeps[0].method: expected one of ${methodNames().join(", ")}, got "feature-ablaton"; ` +
    "did you mean feature-ablation?",
  ]],
  ["steps with adaptive", "  - method: integrated-gradients\n    steps: 20\n", [
    "9:5: sweeps[0].steps: expected only with a quadrature with fixed steps, or method secant, discretized-integrated-gradients, got quadrature adaptive",
  ]],
  ["no per-target errors with adaptive", "  - method: integrated-gradients\n    perTarget: false\n", [
    "9:5: sweeps[0].perTarget: expected only with a quadrature with fixed steps, got quadrature adaptive",
  ]],
  [
    "steps with adaptive among others",
    "  - method: integrated-gradients\n    quadrature: [trapezoid, adaptive]\n    steps: 20\n",
    [
      "10:5: sweeps[0].steps: expected only with a quadrature with fixed steps, or method secant, discretized-integrated-gradients, got quadrature adaptive; " +
      "give adaptive a sweep of its own",
    ],
  ],
  [
    "a tolerance with fixed steps",
    "  - method: integrated-gradients\n    quadrature: trapezoid\n    tolerance: 0.1\n",
    [
      "10:5: sweeps[0].tolerance: expected only with quadrature adaptive, got quadrature trapezoid",
    ],
  ],
  ["a scheme with integrated gradients", "  - method: integrated-gradients\n    scheme: zero\n", [
    "9:5: sweeps[0].scheme: expected only with a perturbation method, got method integrated-gradients",
  ]],
  ["a baseline with ablation", "  - method: feature-ablation\n    baseline: zero\n", [
    "9:5: sweeps[0].baseline: expected only with method integrated-gradients, secant, gim, expected-gradients, gradient-shap, " +
    "sequential-integrated-gradients, discretized-integrated-gradients, got method feature-ablation",
  ]],
  ["ablation without its matrix", "  - method: feature-ablation\n    tokens: [true, false]\n", [
    "9:20: sweeps[0].tokens[1]: expected true, as a perturbation method always gives the matrix, got false",
  ]],
  ["a seed where nothing is sampled", "  - method: shapley\n    seed: [1, 2]\n", [
    "9:5: sweeps[0].seed: expected only with baseline random or shuffle, or scheme resample, or method smooth-grad, " +
    "smooth-grad-x-input, expected-gradients, gradient-shap, shapley-sampled, kernel-shap, owen-sampled, lime, context-cite, coarse-to-fine, captum-shapley-sampled, captum-kernel-shap, got scheme delete",
  ]],
  [
    "samples of a baseline that is not drawn",
    "  - method: integrated-gradients\n    baseline: [random, zero]\n    samples: 4\n",
    [
      "10:5: sweeps[0].samples: expected only with baseline random or shuffle, or method lime, context-cite, captum-shapley-sampled, captum-kernel-shap, got baseline " +
      "zero; give zero a sweep of its own",
    ],
  ],
  ["a budget where the calls are known", "  - method: occlusion\n    window: 2\n    budget: 9\n", [
    "10:5: sweeps[0].budget: expected only with quadrature adaptive, or method smooth-grad, smooth-grad-x-input, expected-gradients, " +
    "gradient-shap, shapley, shapley-sampled, kernel-shap, owen, owen-sampled, lime, context-cite, coarse-to-fine, " +
    "captum-shapley-sampled, captum-kernel-shap, got method occlusion",
  ]],
  ["a window of LIME", "  - method: lime\n    window: 2\n", [
    "9:5: sweeps[0].window: expected only with method occlusion, got method lime",
  ]],
  [
    "a prefix that another prompt says nothing of",
    "  - method: integrated-gradients\n    baseline: [mean, 'text:x']\n    prefix: fixed\n",
    [
      "10:5: sweeps[0].prefix: expected only with a baseline that is one row, got baseline " +
      "text:x; give text:x a sweep of its own",
    ],
  ],
  ["a layer of a perturbation method", "  - method: lime\n    layer: 1\n", [
    "9:5: sweeps[0].layer: expected only with method integrated-gradients, input-x-gradient, secant, saliency, smooth-grad, " +
    "smooth-grad-x-input, got method lime",
  ]],
  ["a norm that there is not, no noise", "  - method: smooth-grad\n    norm: [l2, l3]\n    noise: 0\n", [
    '9:16: sweeps[0].norm[1]: expected one of l2, l1, sum, got "l3"; did you mean l2?',
    "10:12: sweeps[0].noise[0]: expected a number above 0, got 0",
  ]],
  [
    "drawn baselines of paths of single tokens",
    "  - method: sequential-integrated-gradients\n    baseline: [mean, shuffle]\n",
    [
      "9:22: sweeps[0].baseline[1]: expected a baseline that is not drawn: zero, mean, eos, pad, " +
      'text:<prompt of as many tokens> or token:<id or text>, got "shuffle"',
    ],
  ],
  ["units that there are not", "  - method: lime\n    units: [words, word, 'template:']\n", [
    "9:20: sweeps[0].units[1]: expected tokens, pieces, words, sentences, lines, paragraphs, turns, spans:<start-end,…> or " +
    'template:<text with {slots}>, got "word"; did you mean words?',
    "9:26: sweeps[0].units[2]: expected tokens, pieces, words, sentences, lines, paragraphs, turns, spans:<start-end,…> or " +
    'template:<text with {slots}>, got "template:"',
  ]],
  ["turns of a target", "  - method: lime\n    targetUnits: [spans:0-5, turns]\n", [
    "9:30: sweeps[0].targetUnits[1]: expected tokens, words, sentences, lines, paragraphs, spans:<start-end,…> or " +
    'template:<text with {slots}>, got "turns"',
  ]],
  [
    "lists of baselines that are no lists, and samples of them",
    "  - method: integrated-gradients\n    baseline: [{samples: [zero, mean]}, {samples: [zero]}, {mean: 2}]\n    samples: 4\n",
    [
      `9:41: sweeps[0].baseline[1]: expected ${BASELINES}, got a mapping`,
      `9:60: sweeps[0].baseline[2]: expected ${BASELINES}, got a mapping`,
      "10:5: sweeps[0].samples: expected only with baseline random or shuffle, or method lime, context-cite, " +
      'captum-shapley-sampled, captum-kernel-shap, got baseline samples:["zero","mean"]; give samples:["zero","mean"] a sweep of its own',
    ],
  ],
  ["a seed of more than 32 bits, too few pairs", "  - method: owen-sampled\n    seed: 4294967296\n    pairs: 7\n", [
    "9:11: sweeps[0].seed[0]: expected a whole number from 0 to 4294967295, got 4294967296",
    "10:12: sweeps[0].pairs[0]: expected a whole number from 8 to 10000000, got 7",
  ]],
  [
    "draws where nothing is drawn",
    "  - method: occlusion\n    scheme: [resample, zero]\n    draws: 4\n  - method: lime\n    of: both\n",
    [
      "10:5: sweeps[0].draws: expected only with scheme resample, got scheme zero; give zero a sweep of its own",
      "12:5: sweeps[1].of: expected only with scheme resample, or method shapley-sampled, kernel-shap, owen-sampled, got " +
      "scheme delete",
      '12:9: sweeps[1].of[0]: expected one of sequence, targets, got "both"',
    ],
  ],
  ["a text in the place of a unit", "  - method: owen\n    scheme: ['text:x', eos]\n", [
    "9:14: sweeps[0].scheme[0]: expected delete, delete-in-place, mask-attention, resample, zero, mean, eos, pad or " +
    'token:<id or text>, got "text:x"',
  ]],
  ["an objective that there is not", "  - method: lime\n    objective: [prob, entropie]\n", [
    "9:23: sweeps[0].objective[1]: expected one of log-prob, prob, sequence-prob, logit, contrastive, entropy, cross-entropy, perplexity, " +
    'kl, js, margin, got "entropie"; did you mean entropy?',
  ]],
  ["a contrast without an alternative", "  - method: lime\n    objective: [prob, contrastive]\n", [
    "9:16: sweeps[0].objective: expected an alternative in each prompt with objective contrastive, got none in a",
  ]],
  ["logits of what is no log-probability", "  - method: context-cite\n    objective: entropy\n    link: logit\n", [
    '10:11: sweeps[0].link[0]: expected identity with objective entropy, got "logit"',
  ]],
  ["a prompt that is not there", "  - method: feature-ablation\n    prompts: [a, b]\n", [
    "9:18: sweeps[0].prompts[1]: expected one of the prompts a, got b; did you mean a?",
  ]],
  ["a baseline that is nothing", "  - method: integrated-gradients\n    baseline: 'token:'\n", [
    `9:15: sweeps[0].baseline[0]: expected ${BASELINES}, got "token:"`,
  ]],
  ["a tolerance of 0", "  - method: integrated-gradients\n    tolerance: 0\n", [
    "9:16: sweeps[0].tolerance[0]: expected a number above 0, got 0",
  ]],
  ["a tolerance that is not a number", "  - method: integrated-gradients\n    tolerance: .nan\n", [
    "9:16: sweeps[0].tolerance[0]: expected a number above 0, got NaN",
  ]],
  ["an empty list", "  - method: integrated-gradients\n    baseline: []\n", [
    "9:15: sweeps[0].baseline: expected a list of at least one value, got an empty list",
  ]],
  ["freeze with lists and words mixed", "  - method: feature-ablation\n    freeze: [[first], 3]\n", [
    "9:13: sweeps[0].freeze: expected a list of special, template, first, token:<id or text> or positions from 0, " +
    'got the list [["first"],3]',
  ]],
  ["metrics that there are not", "  - method: lime\n    metrics: [delete]\n", [
    "9:14: sweeps[0].metrics: expected a list of deletion, insertion, comprehensiveness, sufficiency, infidelity, " +
    "sensitivity, or a mapping with these as names and scheme, orders, samples, perturbations, radius, seed, " +
    'got the list ["delete"]',
  ]],
  ["a sweep that is no mapping", "  - zero\n", ['8:5: sweeps[0]: expected a mapping, got "zero"']],
  ["a missing method", "  - freeze: first\n", [
    `8:5: sweeps[0].method: expected one of ${methodNames().join(", ")}, got nothing`,
  ]],
];
for (const [what, sweep, expected] of SWEEPS) {
  Deno.test(`parseConfig() reports ${what}`, () => assert.deepEqual(problemsOf(HEAD + sweep), expected));
}
