import { LINK_NAMES } from "../perturbation/link.ts";
import { OBJECTIVE_NAMES } from "../attribution/objectives/objective.ts";
import { GRADIENT_METHOD_NAMES, NORMS, PREFIXES, STRATEGIES } from "../explain/options/gradient_options.ts";
import { DEFAULT_METRICS, METRIC_NAMES } from "../explain/options/metric_options.ts";
import {
  culpritOf,
  isRelevant,
  type MethodChoice,
  SWEEP_OPTIONS,
  type SweepOption,
} from "../explain/options/relevance.ts";
import { type GivenOptions, PRESET_NAMES, presetMethods, type PresetName } from "../explain/options/preset.ts";
import {
  type AttributionOptions,
  DEFAULT_OPTIONS,
  ERRORS_OF,
  HIERARCHIES,
  type MethodName,
  METHODS,
  QUADRATURES,
  resolveOptions,
} from "../explain/options/attribution_options.ts";
import {
  isTargetUnits,
  isUnits,
  TARGET_UNIT_FORMS,
  TARGET_UNIT_WORDS,
  UNIT_FORMS,
} from "../explain/options/unit_names.ts";
import { baselineOf, historyOf } from "./attribute_inputs.ts";
import { RECORD_FORMATS } from "../report/render_record.ts";
import { number, oneOf, text } from "./argument_values.ts";
import { type Options, parseArguments, UsageError, type Values } from "./arguments.ts";
import { MODEL_HELP, MODEL_OPTIONS, modelOptions, openModel } from "./model_flags.ts";
import { write } from "./write.ts";
import { SAMPLING_HELP, SAMPLING_OPTIONS, samplingOptions } from "./sampling_flags.ts";

const { method, objective, baseline, quadrature, steps, tolerance, scheme, units, targetUnits, freeze } =
  DEFAULT_OPTIONS;
const { seed, of, window, stride, hierarchy, kernelWidth, ridge, penalty, heldOut, link } = DEFAULT_OPTIONS;
const { layer, prefix, norm, noise, neighbours, strategy } = DEFAULT_OPTIONS;
const PERTURBATIONS = METHODS.slice(GRADIENT_METHOD_NAMES.length);

const HELP = `Says which prompt tokens made the model generate which target tokens.

Usage: deno task attribute --prompt TEXT [options]

  --prompt TEXT       what the model reads
  --target TEXT       what is explained, with its own leading space; without it, what the model generates
  --alternative TEXT  what the target is compared with by the objective contrastive, with its own leading space; of as many
                      tokens it is compared token by token, else as a whole
  --generate N        at most N generated tokens (20)
${SAMPLING_HELP}  --generate-seed N   of the draws of the generated target (0)
  --chat              put the prompt into the model's chat template; the template's tokens are frozen
  --history ROLE:TEXT an earlier message of the chat, of system, user or assistant; once for each, in order
${MODEL_HELP}  --preset NAME       captum: what Captum 0.9 does for whatever is not given (docs/captum.md)
  --method NAME       gradient methods: ${GRADIENT_METHOD_NAMES.slice(0, 4).join(", ")},
                      ${GRADIENT_METHOD_NAMES.slice(4, 7).join(", ")},
                      ${GRADIENT_METHOD_NAMES.slice(7).join(", ")};
                      perturbation methods, which take units of the prompt away: ${
  PERTURBATIONS.slice(0, 3).join(", ")
},
                      ${PERTURBATIONS.slice(3).join(", ")} (${method})
  --objective NAME    what is explained: ${OBJECTIVE_NAMES.slice(0, 6).join(", ")},
                      ${OBJECTIVE_NAMES.slice(6).join(", ")} (${objective}); docs/methods.md says what each is
  --units NAME        tokens (those that share a character joined), pieces (never joined), words, sentences, lines, turns
                      (of a chat), spans:<start-end,…> of characters or template:<text with {slots}>: what is taken away
                      as one, or what gradient methods are summed over (${units})
  --target-units NAME ${TARGET_UNIT_WORDS.join(", ")}, spans:… or template:…, of the target: what rows of the
                      matrix are summed over (${targetUnits})
  --baseline NAME     where the path starts: zero, mean, eos, pad, token:<id or text>, text:<a prompt of as many
                      tokens>, or the average over random tokens (random), over the prompt's own in random orders
                      (shuffle) or over samples:<file with one of the others a line> (${baseline})
  --quadrature NAME   ${QUADRATURES.slice(0, 4).join(", ")},
                      ${QUADRATURES.slice(4).join(", ")} (${quadrature})
  --steps N           path points of a fixed rule, words on the way of discretized-integrated-gradients (${steps})
  --tolerance X       certificate that adaptive reaches for (${tolerance})
  --budget N          most path points of adaptive (1000; 200 a unit of sequential-integrated-gradients) and of sampled
                      gradients (200 for smooth-grad, else 1000), or model calls of a perturbation method (1000 for
                      shapley-sampled and owen-sampled, else as many as it takes)
  --scheme NAME       perturbation methods, what takes a unit's place: nothing, while later tokens move up (delete) or
                      keep their positions (delete-in-place); itself, attended to by none (mask-attention); zero,
                      mean, eos, pad or token:<id or text>; or drawn tokens, averaged (resample) (${scheme})
  --draws N           scheme resample: most draws, which share the budget (8, with --standard-error 64)
  --seed N            of sampled methods, scheme resample and random baselines (${seed})
  --standard-error X  sampled gradients, shapley-sampled, owen-sampled, kernel-shap, scheme resample: stop when the largest
                      is at most X, in the objective's unit
  --of NAME           what --standard-error is asked of: ${ERRORS_OF.join(" or ")} (${of})
  --pairs N           shapley-sampled, owen-sampled: most pairs of orders
  --calls N           kernel-shap: model calls (2 × units + 2048)
  --samples N         lime, context-cite: coalitions to fit (1000, 64); captum-…: n_samples (25);
                      random baselines to average (8), which share the budget
  --window N          occlusion: neighbouring units taken away at once (${window})
  --stride N          occlusion: units from one window to the next (${stride})
  --hierarchy NAME    owen, owen-sampled: ${HIERARCHIES.join(" or ")} of words in sentences (${hierarchy})
  --kernel-width X    lime: σ of the kernel (${kernelWidth})
  --ridge X           lime: α of the ridge (${ridge})
  --penalty X         context-cite: α of the LASSO (${penalty})
  --held-out N        context-cite: coalitions to test the fit on (${heldOut})
  --link NAME         context-cite: ${
  LINK_NAMES.join(" or ")
}, the scale of its scores (${link}; identity for objectives other
                      than log-prob)
  --layer K           gradient methods: the block whose input is attributed, 0 the embeddings (${layer})
  --prefix NAME       integrated-gradients: ${
  PREFIXES.join(" or ")
}, what the target's own tokens do along the path (${prefix})
  --norm NAME         saliency, smooth-grad: ${NORMS.join(", ")} of a token's partial derivatives (${norm})
  --noise X           smooth-grad, smooth-grad-x-input, gradient-shap: σ of the noise, relative to the root mean square of
                      what is attributed (${noise})
  --neighbours N      discretized-integrated-gradients: nearest words among which the next is chosen (${neighbours})
  --strategy NAME     discretized-integrated-gradients: ${STRATEGIES.join(" or ")}, how it is chosen (${strategy})
  --tokens            the matrix of target by prompt tokens too
  --no-per-target     a fixed rule without forward mode: faster, but no error of single target tokens, no arithmetic floor
  --freeze LIST       special, template, first, token:<id or text> or positions, by commas
                      (${freeze}); none for nothing
  --metrics LIST      measures the result by ${METRIC_NAMES.slice(0, 3).join(", ")},
                      ${METRIC_NAMES.slice(3).join(", ")}, by commas
  --metric-scheme X   what takes a unit's place in them (${DEFAULT_METRICS.scheme}); also --metric-orders (${DEFAULT_METRICS.orders}),
                      --metric-samples (${DEFAULT_METRICS.samples}), --metric-perturbations (${DEFAULT_METRICS.perturbations}), --metric-radius
                      (${DEFAULT_METRICS.radius}) and --metric-seed (${DEFAULT_METRICS.seed}): see docs/metrics.md
  --format NAME       ${RECORD_FORMATS.join(", ")} (table)
  --out FILE          write there instead of to standard output
  --strict            exit with 3 where the tolerance or the standard error was not met
  --help              this text

Exit code: 0 done, 1 failed, 2 wrong usage, 3 see --strict.
`;

const OPTIONS = {
  ...MODEL_OPTIONS,
  ...SAMPLING_OPTIONS,
  prompt: { type: "string" },
  target: { type: "string" },
  alternative: { type: "string" },
  objective: { type: "string" },
  generate: { type: "string" },
  chat: { type: "boolean" },
  preset: { type: "string" },
  "generate-seed": { type: "string" },
  history: { type: "string", multiple: true },
  method: { type: "string" },
  baseline: { type: "string" },
  quadrature: { type: "string" },
  steps: { type: "string" },
  tolerance: { type: "string" },
  budget: { type: "string" },
  scheme: { type: "string" },
  tokens: { type: "boolean" },
  "no-per-target": { type: "boolean" },
  units: { type: "string" },
  "target-units": { type: "string" },
  seed: { type: "string" },
  "standard-error": { type: "string" },
  of: { type: "string" },
  draws: { type: "string" },
  samples: { type: "string" },
  calls: { type: "string" },
  pairs: { type: "string" },
  window: { type: "string" },
  stride: { type: "string" },
  hierarchy: { type: "string" },
  "kernel-width": { type: "string" },
  ridge: { type: "string" },
  penalty: { type: "string" },
  "held-out": { type: "string" },
  link: { type: "string" },
  layer: { type: "string" },
  prefix: { type: "string" },
  norm: { type: "string" },
  noise: { type: "string" },
  neighbours: { type: "string" },
  strategy: { type: "string" },
  freeze: { type: "string" },
  metrics: { type: "string" },
  "metric-scheme": { type: "string" },
  "metric-orders": { type: "string" },
  "metric-samples": { type: "string" },
  "metric-perturbations": { type: "string" },
  "metric-radius": { type: "string" },
  "metric-seed": { type: "string" },
  format: { type: "string" },
  out: { type: "string" },
  strict: { type: "boolean" },
} as const satisfies Options;

/** Runs `attribute` and returns the exit code. */
export async function runAttributeCommand(args: string[]): Promise<number> {
  const { values } = parseArguments(args, OPTIONS, 0);
  if (values.help) {
    write(Deno.stdout, HELP);
    return 0;
  }
  const source = modelOptions(values);
  const options = attributionOptions({ ...values, baseline: await baselineOf(values) });
  const request = requestOf(values);
  const format = oneOf("format", values.format, RECORD_FORMATS) ?? "table";
  const out = text("out", values.out);
  if (format === "png" && out === undefined && Deno.stdout.isTerminal()) {
    throw new UsageError("Cannot print a PNG to a terminal as --out must name a file: got none");
  }
  const [model, { attribute }, { renderRecord }] = await Promise.all([
    openModel(source),
    import("../explain/attribute.ts"),
    import("../report/render_record.ts"),
  ]);
  try {
    const record = await attribute(model, request, options);
    const width = Deno.stdout.isTerminal() ? Deno.consoleSize().columns : undefined;
    const rendered = await renderRecord(record, format, { width });
    if (out === undefined) write(Deno.stdout, rendered);
    else if (typeof rendered === "string") await Deno.writeTextFile(out, rendered);
    else await Deno.writeFile(out, rendered);
    // A table shows the advice itself.
    if (format !== "table" || out !== undefined) {
      for (const sentence of record.advice) write(Deno.stderr, `hint: ${sentence}\n`);
    }
    const unmet = record.completeness.sequence.met === false || record.sampling?.stopped?.met === false;
    return values.strict && unmet ? 3 : 0;
  } finally {
    model.close();
  }
}

function requestOf(values: Values) {
  const prompt = values.prompt as string | undefined;
  if (prompt === undefined) throw new UsageError("Cannot attribute as --prompt must be given: got none");
  if (prompt === "") throw new UsageError('Cannot use --prompt as it must not be empty: got ""');
  const target = text("target", values.target);
  const generate = number("generate", values.generate, { least: 1, whole: true });
  if (target !== undefined && generate !== undefined) {
    throw new UsageError("Cannot attribute as one of --target and --generate must be given: got both");
  }
  const sampling = samplingOptions(values, "generate-seed");
  const idle = [...Object.keys(SAMPLING_OPTIONS), "generate-seed"].find((name) => values[name] !== undefined);
  if (target !== undefined && idle !== undefined) {
    throw new UsageError(`Cannot use --${idle} as it is about a generated target: got --target`);
  }
  const history = historyOf(values);
  const chat = values.chat === true || history !== undefined;
  return { prompt, target, alternative: alternativeOf(values), generate, chat, history, ...sampling };
}

/** The alternative, which the objective contrastive needs and no other has a use for. */
function alternativeOf(values: Values): string | undefined {
  const alternative = text("alternative", values.alternative);
  const objective = values.objective ?? DEFAULT_OPTIONS.objective;
  if (objective === "contrastive" && alternative === undefined) {
    throw new UsageError("Cannot attribute --objective contrastive as --alternative must be given: got none");
  }
  if (objective !== "contrastive" && alternative !== undefined) {
    throw new UsageError(`Cannot use --alternative as --objective must be contrastive: got ${objective}`);
  }
  return alternative;
}

/** The options that were given; `attribute` adds the defaults. */
function attributionOptions(values: Values): GivenOptions {
  const preset = oneOf("preset", values.preset, PRESET_NAMES);
  const method = oneOf("method", values.method, METHODS);
  const quadrature = oneOf("quadrature", values.quadrature, QUADRATURES);
  const baseline = text("baseline", values.baseline);
  requirePreset(preset, method ?? DEFAULT_OPTIONS.method);
  const scheme = text("scheme", values.scheme);
  requireRelevant(values, resolveOptions(defined({ preset, method, quadrature, baseline, scheme })));
  const least = quadrature?.endsWith("trapezoid") ? 2 : 1;
  const freeze = values.freeze as string | undefined;
  return defined({
    preset,
    method,
    objective: oneOf("objective", values.objective, OBJECTIVE_NAMES),
    baseline,
    scheme,
    quadrature,
    steps: number("steps", values.steps, { least, whole: true }),
    tolerance: number("tolerance", values.tolerance, { least: 0, whole: false }),
    budget: number("budget", values.budget, { least: 1, whole: true }),
    tokens: values.tokens as boolean | undefined,
    perTarget: values["no-per-target"] ? false : undefined,
    ...perturbationOptions(values),
    layer: number("layer", values.layer, { least: 0, whole: true }),
    prefix: oneOf("prefix", values.prefix, PREFIXES),
    norm: oneOf("norm", values.norm, NORMS),
    noise: number("noise", values.noise, { least: 0, whole: false }),
    neighbours: number("neighbours", values.neighbours, { least: 1, whole: true }),
    strategy: oneOf("strategy", values.strategy, STRATEGIES),
    freeze: freeze === "none" ? [] : freeze?.split(",").map((name) => name.trim()),
    metrics: metricsOf(values),
  });
}

function defined(options: GivenOptions): GivenOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function requirePreset(preset: PresetName | undefined, method: MethodName): void {
  if (preset === undefined || presetMethods(preset).includes(method)) return;
  throw new UsageError(
    `Cannot use --preset ${preset} as --method must be ${presetMethods(preset).join(", ")}: got ${method}`,
  );
}

function perturbationOptions(values: Values): Partial<AttributionOptions> {
  const whole = (name: string, least: number) => number(name, values[name], { least, whole: true });
  const above0 = (name: string) => number(name, values[name], { least: 0, whole: false });
  return {
    units: unitsOf(values, "units", UNIT_FORMS, isUnits),
    targetUnits: unitsOf(values, "target-units", TARGET_UNIT_FORMS, isTargetUnits),
    seed: whole("seed", 0),
    standardError: above0("standard-error"),
    of: oneOf("of", values.of, ERRORS_OF),
    draws: whole("draws", 2),
    samples: whole("samples", 2),
    calls: whole("calls", 2),
    pairs: whole("pairs", 8),
    window: whole("window", 1),
    stride: whole("stride", 1),
    hierarchy: oneOf("hierarchy", values.hierarchy, HIERARCHIES),
    kernelWidth: above0("kernel-width"),
    ridge: above0("ridge"),
    penalty: values.penalty === "0" ? 0 : above0("penalty"),
    heldOut: whole("held-out", 0),
    link: oneOf("link", values.link, LINK_NAMES),
  };
}

function metricsOf(values: Values): AttributionOptions["metrics"] | undefined {
  const details = {
    scheme: text("metric-scheme", values["metric-scheme"]),
    orders: number("metric-orders", values["metric-orders"], { least: 2, whole: true }),
    samples: number("metric-samples", values["metric-samples"], { least: 2, whole: true }),
    perturbations: number("metric-perturbations", values["metric-perturbations"], { least: 1, whole: true }),
    radius: number("metric-radius", values["metric-radius"], { least: 0, whole: false }),
    seed: number("metric-seed", values["metric-seed"], { least: 0, whole: true }),
  };
  const given = Object.entries(details).filter(([, value]) => value !== undefined);
  const list = text("metrics", values.metrics);
  if (list === undefined) {
    if (given.length === 0) return undefined;
    throw new UsageError(`Cannot use --metric-${given[0][0]} as --metrics must say what to measure: got none`);
  }
  const names = list.split(",").map((name) => oneOf("metrics", name.trim(), METRIC_NAMES)!);
  return { names, ...Object.fromEntries(given) };
}

function unitsOf(
  values: Values,
  option: string,
  forms: string,
  fits: (name: string) => boolean,
): string | undefined {
  const name = text(option, values[option]);
  if (name === undefined || fits(name)) return name;
  throw new UsageError(`Cannot use --${option} as it must be ${forms}: got ${name}`);
}

/** An option without effect would make a reader believe that it had one. */
function requireRelevant(values: Values, choice: MethodChoice): void {
  const given = SWEEP_OPTIONS.find((option) => values[flagOf(option)] !== undefined && !isRelevant(option, choice));
  if (given === undefined) return;
  const culprit = culpritOf(given, choice);
  throw new UsageError(
    `Cannot use --${flagOf(given)} as --${culprit} ${choice[culprit]} has no such option`,
  );
}

function flagOf(option: SweepOption): string {
  if (option === "perTarget") return "no-per-target";
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
