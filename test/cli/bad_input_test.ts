import { runCli, runCliProcess } from "../support/run_cli.ts";
import { assertFails } from "./assert_fails.ts";

const PROMPT = ["--prompt", "Michael works as a software engineer."];
const REQUEST = [...PROMPT, "--target", " He", "--quadrature", "gauss-legendre", "--steps", "2"];

/** Wrong usage is told before anything is loaded. */
const USAGE: [title: string, args: string[], message: RegExp][] = [
  [
    "an unknown command",
    ["explain"],
    /Cannot run explain as the command must be one of attribute, methods, experiment/,
  ],
  ["an unknown option", ["attribute", ...REQUEST, "--step", "5"], /--step/],
  [
    "a misspelt option",
    ["attribute", ...REQUEST, "--stpes", "5"],
    /--stpes: expected an option, got an unknown name; did you mean steps\?/,
  ],
  [
    "a baseline of no known name",
    ["attribute", ...PROMPT, "--baseline", "median"],
    /--baseline: expected zero, mean, eos, pad, random, shuffle, text:<.*>, token:<id or text> or samples:<.*>, got "median"/,
  ],
  [
    "a scheme of no known name",
    ["attribute", ...PROMPT, "--method", "lime", "--scheme", "mask"],
    /--scheme: expected delete, delete-in-place, .*, got "mask"/,
  ],
  ["no prompt", ["attribute"], /--prompt: expected a text that is not empty, got nothing/],
  ["an empty prompt", ["attribute", "--prompt", ""], /--prompt: expected a text that is not empty, got ""/],
  ["an empty target", ["attribute", ...PROMPT, "--target", ""], /--target: expected a text that is not empty, got ""/],
  [
    "steps of 0",
    ["attribute", ...PROMPT, "--quadrature", "trapezoid", "--steps", "0"],
    /--steps: expected a whole number from 1 to 100000, got 0/,
  ],
  [
    "steps with the adaptive rule",
    ["attribute", ...PROMPT, "--steps", "5"],
    /--steps: expected only with a quadrature with fixed steps, .*, got quadrature adaptive/,
  ],
  [
    "no error per target with the adaptive rule, which needs it",
    ["attribute", ...PROMPT, "--no-per-target"],
    /--no-per-target: expected only with a quadrature with fixed steps, got quadrature adaptive/,
  ],
  [
    "a history of no known role",
    ["attribute", ...PROMPT, "--history", "Hi"],
    /--history: expected a list of messages, each with a role .*, got "Hi"/,
  ],
  [
    "a list of baselines that is not there",
    ["attribute", ...PROMPT, "--baseline", "samples:/nonexistent"],
    /Cannot read \/nonexistent as it must exist: got nothing/,
  ],
  [
    "turns of a target",
    ["attribute", ...PROMPT, "--target-units", "turns"],
    /--target-units: expected tokens, words, sentences, lines, paragraphs, spans:.*, got "turns"/,
  ],
  [
    "draws where nothing is drawn",
    ["attribute", ...PROMPT, "--method", "shapley", "--draws", "4"],
    /--draws: expected only with scheme resample, got scheme delete/,
  ],
  [
    "an error of nothing known",
    ["attribute", ...PROMPT, "--method", "kernel-shap", "--of", "all"],
    /--of: expected one of sequence, targets, got "all"/,
  ],
  [
    "one draw",
    ["attribute", ...PROMPT, "--method", "occlusion", "--scheme", "resample", "--draws", "1"],
    /--draws: expected a whole number from 2 to 10000000, got 1/,
  ],
  [
    "a contrast without an alternative",
    ["attribute", ...PROMPT, "--objective", "contrastive"],
    /--alternative: expected a text that is not empty with objective contrastive, got nothing/,
  ],
  [
    "an alternative that nothing is compared with",
    ["attribute", ...PROMPT, "--alternative", " She"],
    /--alternative: expected only with objective contrastive, got objective log-prob/,
  ],
  [
    "a scheme with integrated gradients",
    ["attribute", ...PROMPT, "--scheme", "zero"],
    /--scheme: expected only with a perturbation method, got method integrated-gradients/,
  ],
  [
    "a temperature with a given target",
    ["attribute", ...REQUEST, "--temperature", "1"],
    /--temperature: expected only with generate, got target/,
  ],
  [
    "a seed of draws that are none",
    ["generate", ...PROMPT, "--seed", "1"],
    /--seed: expected only with temperature, topK, topP, got none of them/,
  ],
  [
    "a top-p above 1",
    ["generate", ...PROMPT, "--top-p", "1.5"],
    /--top-p: expected a number above 0, at most 1, got 1.5/,
  ],
  [
    "an empty stop text",
    ["generate", ...PROMPT, "--stop", ".", "--stop", ""],
    /--stop: expected a list of texts that are not empty, got the list/,
  ],
  ["no action on the cache", ["cache"], /Cannot use the cache as list or prune must be named: got none/],
  ["all of the cache in a list", ["cache", "list", "--all"], /Cannot use --all as it is about prune: got list/],
  [
    "an unknown method",
    ["attribute", ...PROMPT, "--method", "grad-cam"],
    /one of integrated-gradients, input-x-gradient, .*context-cite, .*, got "grad-cam"/,
  ],
  [
    "a seed of a method that draws nothing",
    ["attribute", ...PROMPT, "--method", "shapley", "--seed", "1"],
    /--seed: expected only with .*, got scheme delete/,
  ],
  [
    "a kernel width of ContextCite",
    ["attribute", ...PROMPT, "--method", "context-cite", "--kernel-width", "1"],
    /--kernel-width: expected only with method lime, got method context-cite/,
  ],
  [
    "a metric that there is not",
    ["attribute", ...PROMPT, "--metrics", "deletion,insertoin"],
    /--metrics: expected a list of deletion, insertion, .*, got the list .*; did you mean insertion\?/,
  ],
  [
    "details of metrics that nobody asked for",
    ["attribute", ...PROMPT, "--metric-orders", "5"],
    /Cannot use --metric-orders as --metrics must say what to measure: got none/,
  ],
  [
    "a standard error with integrated gradients",
    ["attribute", ...PROMPT, "--standard-error", "0.1"],
    /--standard-error: expected only with .*, got method integrated-gradients/,
  ],
  [
    "a seed of a baseline that is not drawn",
    ["attribute", ...PROMPT, "--baseline", "zero", "--seed", "3"],
    /--seed: expected only with .*, got baseline zero/,
  ],
  [
    "a prefix of random baselines",
    ["attribute", ...PROMPT, "--baseline", "random", "--prefix", "interpolated"],
    /--prefix: expected only with a baseline that is one row, got baseline random/,
  ],
  [
    "a baseline of saliency",
    ["attribute", ...PROMPT, "--method", "saliency", "--baseline", "zero"],
    /--baseline: expected only with method .*, got method saliency/,
  ],
  [
    "a layer that is none",
    ["attribute", ...PROMPT, "--layer", "x"],
    /--layer: expected a whole number from 0 to 1000, got "x"/,
  ],
  [
    "noise of 0",
    ["attribute", ...PROMPT, "--method", "gradient-shap", "--noise", "0"],
    /--noise: expected a number above 0, got 0/,
  ],
  [
    "one random baseline",
    ["attribute", ...PROMPT, "--baseline", "random", "--samples", "1"],
    /--samples: expected a whole number from 2 to 10000000, got 1/,
  ],
  [
    "a budget with a fixed rule",
    ["attribute", ...REQUEST, "--budget", "9"],
    /--budget: expected only with .*, got quadrature gauss-legendre/,
  ],
  [
    "units that there are not",
    ["attribute", ...PROMPT, "--units", "chapters"],
    /--units: expected tokens, pieces, words, sentences, lines, paragraphs, turns, spans:.*, got "chapters"/,
  ],
  [
    "an unknown link",
    ["attribute", ...PROMPT, "--method", "context-cite", "--link", "probit"],
    /--link: expected one of identity, logit, got "probit"/,
  ],
  [
    "an unknown preset",
    ["attribute", ...PROMPT, "--preset", "shap"],
    /--preset: expected one of captum, got "shap"/,
  ],
  [
    "a method that a preset does not know",
    ["attribute", ...PROMPT, "--preset", "captum", "--method", "owen"],
    /--method: expected one of integrated-gradients, .* with preset captum, got owen/,
  ],
  [
    "an option that the preset's choice does not have",
    ["attribute", ...PROMPT, "--preset", "captum", "--method", "kernel-shap", "--calls", "99"],
    /--calls: expected only with method kernel-shap, got method captum-kernel-shap/,
  ],
  ["a tolerance of 0", ["attribute", ...PROMPT, "--tolerance", "0"], /--tolerance: expected a number above 0, got 0/],
  [
    "an unknown device",
    ["attribute", ...PROMPT, "--device", "cuda"],
    /one of auto, webgpu, cpu, reference: got "cuda"/,
  ],
  [
    "a memory without a unit that exists",
    ["attribute", ...PROMPT, "--memory", "2GB"],
    /a size like 512MiB or 2GiB: got "2GB"/,
  ],
  [
    "target and generate together",
    ["attribute", ...REQUEST, "--generate", "3"],
    /--generate: expected target or generate, got both/,
  ],
  ["a model that is not named", ["inspect"], /a model must be named/],
];

for (const [title, args, message] of USAGE) {
  Deno.test(`${title} is wrong usage`, async () => assertFails(await runCli(args), 2, message));
}

const FAILURES: [title: string, args: string[], message: RegExp][] = [
  ["a model that is not there", ["--model", "no/such/model"], /Cannot open model no\/such\/model .*got nothing/],
  [
    "a prompt whose tokens are all frozen",
    ["--freeze", "0,1,2,3,4,5,6"],
    /must have a token that is not frozen: got all 7 frozen/,
  ],
  ["a frozen position that does not exist", ["--freeze", "99"], /positions 0 … 6: got 99/],
  ["a baseline token that does not exist", ["--baseline", "token:1000000"], /1000000/],
  [
    "a baseline text of another length",
    ["--baseline", "text:Michael works"],
    /must have as many tokens as the prompt, 7: got 2 of "Michael works"/,
  ],
  ["a layer that there is not", ["--layer", "9"], /layer must be 0 … 3, the block whose input it is: got 9/],
  ["a template that the prompt does not match", ["--units", "template:Olga {verb}"], /must match "Olga \{verb\}"/],
  ["a template with half a brace", ["--units", "template:Michael {verb"], /every brace must have its partner/],
  ["memory that holds no sequence", ["--memory", "10KiB"], /must fit 10240 bytes .* it takes \d+ bytes/],
];

for (const [title, args, message] of FAILURES) {
  Deno.test(`${title} fails with a clear message`, async () =>
    assertFails(await runCli(["attribute", ...REQUEST, ...args]), 1, message));
}

const PERTURBATION: [title: string, args: string[], message: RegExp][] = [
  ["Shapley values that delete every token", ["shapley-sampled"], /must have a score with every unit taken away/],
  [
    "a budget that exact Shapley values do not fit",
    ["shapley", "--scheme", "zero", "--budget", "20"],
    /must allow a model call for each: got 20 of 20 left/,
  ],
  ["a window wider than the prompt", ["occlusion", "--window", "99"], /window must be 1 … 7 units: got 99/],
];

for (const [title, [method, ...args], message] of PERTURBATION) {
  Deno.test(`${title} fail with a clear message`, async () =>
    assertFails(
      await runCli(["attribute", ...PROMPT, "--target", " He", "--method", method, ...args]),
      1,
      message,
    ));
}

Deno.test("a prompt longer than the model's positions fails with both lengths", async () => {
  const prompt = "Michael works. ".repeat(3000);
  assertFails(
    await runCli(["attribute", "--prompt", prompt, "--target", " He"]),
    1,
    /must have at most \d+ tokens: got \d+/,
  );
});

Deno.test("no adapter with --device webgpu fails and says what to install", async () => {
  const env = {
    VK_DRIVER_FILES: "/nonexistent.json",
    VK_ICD_FILENAMES: "/nonexistent.json",
    DENO_WEBGPU_BACKEND: "vulkan",
  };
  assertFails(
    await runCliProcess(["attribute", ...REQUEST, "--device", "webgpu"], env),
    1,
    /none answers\. Install a Vulkan driver/,
  );
});
