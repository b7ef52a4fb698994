import { createHash } from "node:crypto";
import { RECORD_SCHEMA } from "../../explain/record/record.ts";
import type { ExperimentConfig } from "../config/parse_config.ts";
import { isGradientMethod } from "../../explain/options/gradient_options.ts";
import type { GivenOptions } from "../../explain/options/preset.ts";
import { DEFAULT_METRICS } from "../../explain/options/metric_options.ts";
import { baselineName } from "../../explain/options/baseline_name.ts";
import { isRelevant, relevantOptions, SWEEP_OPTIONS } from "../../explain/options/relevance.ts";
import {
  type AttributionOptions,
  type AttributionText,
  DEFAULT_OPTIONS,
  type QuadratureName,
  resolveOptions,
} from "../../explain/options/attribution_options.ts";
import type {
  DEVICES,
  ParsedComparison,
  ParsedSweep,
  PLOT_CHOICES,
  QUANTIZATIONS,
} from "../config/experiment_schema.ts";
import { type Truth, truthsOf } from "../findings/truth.ts";

/** A model as it is opened. */
export interface ModelSpec {
  /** `embedded`, a directory, a .gguf file or a hub id */
  readonly source: string;
  readonly quantize: typeof QUANTIZATIONS[number];
  readonly device: typeof DEVICES[number];
}

/** One attribution of a sweep. */
export interface Cell {
  /** Readable words and a short hash of the key; also the name of its files. */
  readonly id: string;
  /** SHA-256 over everything that is known to determine the result before the model is opened. */
  readonly key: string;
  readonly model: ModelSpec;
  readonly prompt: string;
  readonly text: AttributionText;
  readonly options: AttributionOptions;
  /** What is known to have caused the target; it decides nothing that is computed. */
  readonly truth: readonly Truth[];
  /** The options in words, as its id has them. */
  readonly setting: string;
}

/** What an experiment computes, in the order in which it does so. */
export interface ExperimentPlan {
  readonly name: string;
  readonly question: string;
  readonly file: string;
  readonly configText: string;
  /** What the command line set in place of the configuration. */
  readonly overrides: PlanOverrides;
  /** Grouped by model, then by prompt. */
  readonly cells: readonly Cell[];
  readonly comparisons: readonly ParsedComparison[];
  readonly plots: typeof PLOT_CHOICES[number];
}

/** What the command line sets in place of the configuration. */
export interface PlanOverrides {
  readonly model?: string;
  readonly quantize?: ModelSpec["quantize"];
  readonly device?: ModelSpec["device"];
}

/** Expands a configuration into its cells; the same configuration gives the same plan. Cells that occur twice are one. */
export function planExperiment(config: ExperimentConfig, overrides: PlanOverrides = {}): ExperimentPlan {
  const { name, question, prompts, sweeps, compare: comparisons = [], plots = "cells" } = config.experiment;
  const models = modelsOf(config, overrides);
  const cells = new Map<string, Cell>();
  for (const model of models) {
    for (const { name: prompt, truth, ...text } of prompts) {
      for (const sweep of sweeps) {
        if (sweep.prompts && !sweep.prompts.includes(prompt)) continue;
        for (const options of sweepOptions(sweep)) {
          const { alternative, ...plain } = text;
          const own = options.objective === "contrastive" ? { ...plain, alternative } : plain;
          const asked = { prompt, text: own, truth: truthsOf(truth ?? []) };
          const cell = makeCell(model, models.length > 1, asked, options);
          if (!cells.has(cell.key)) cells.set(cell.key, cell);
        }
      }
    }
  }
  const { file, text: configText } = config;
  return { name, question, file, configText, overrides, cells: [...cells.values()], comparisons, plots };
}

function modelsOf({ experiment }: ExperimentConfig, overrides: PlanOverrides): ModelSpec[] {
  const sources = overrides.model ? [overrides.model] : experiment.model ?? ["embedded"];
  const device = overrides.device ?? experiment.device ?? "auto";
  const quantizations = overrides.quantize ? [overrides.quantize] : experiment.quantize ?? ["none" as const];
  return unique(sources).flatMap((source) => unique(quantizations).map((quantize) => ({ source, quantize, device })));
}

/** Options beside scheme, units and budget that are mostly those of perturbation methods. */
const SAMPLING_OPTIONS = [
  "targetUnits",
  "hierarchy",
  "link",
  "heldOut",
  "penalty",
  "ridge",
  "kernelWidth",
  "stride",
  "window",
  "pairs",
  "calls",
  "samples",
  "draws",
  "of",
  "standardError",
  "seed",
] as const;

/** The cross product of a sweep's lists, the last option varying fastest. */
function sweepOptions(sweep: ParsedSweep): AttributionOptions[] {
  const { preset, method } = sweep;
  const quadratures = sweep.quadrature ?? [resolveOptions({ preset, method }).quadrature];
  return quadratures.flatMap((quadrature: QuadratureName) => {
    const metrics = Array.isArray(sweep.metrics) ? { names: sweep.metrics } : sweep.metrics ?? null;
    let combinations: GivenOptions[] = [{ preset, method, quadrature, metrics }];
    const lists: [keyof AttributionOptions, readonly unknown[] | undefined][] = [
      ["objective", sweep.objective],
      ["freeze", freezeLists(sweep.freeze)],
      ["strategy", sweep.strategy],
      ["neighbours", sweep.neighbours],
      ["noise", sweep.noise],
      ["norm", sweep.norm],
      ["layer", sweep.layer],
      ["prefix", sweep.prefix],
      ["baseline", sweep.baseline?.map(baselineName)],
      ["scheme", sweep.scheme],
      ["units", sweep.units],
      ...SAMPLING_OPTIONS.map((option): [keyof AttributionOptions, readonly unknown[] | undefined] => [
        option,
        sweep[option],
      ]),
      ["perTarget", sweep.perTarget],
      ["tokens", sweep.tokens],
      ["budget", sweep.budget],
      ["tolerance", sweep.tolerance],
      ["steps", sweep.steps],
    ];
    for (const [option, values] of lists) {
      if (!values) continue;
      combinations = combinations.flatMap((options) => values.map((value) => ({ ...options, [option]: value })));
    }
    return combinations.map(resolveOptions);
  });
}

/** `freeze` as the sweep's list of choices, each a list of words and positions. */
function freezeLists(freeze: unknown): string[][] | undefined {
  if (freeze === undefined) return undefined;
  if (!Array.isArray(freeze)) return [[String(freeze)]];
  return freeze.length > 0 && freeze.every(Array.isArray)
    ? freeze.map((choice) => choice.map(String))
    : [freeze.map(String)];
}

function makeCell(
  model: ModelSpec,
  manyModels: boolean,
  { prompt, text, truth }: Pick<Cell, "prompt" | "text" | "truth">,
  options: AttributionOptions,
): Cell {
  const { method } = options;
  const metrics = options.metrics ? { ...DEFAULT_METRICS, ...options.metrics } : undefined;
  const determines = { schema: RECORD_SCHEMA, model, text, method, options: relevantOptions(options), metrics };
  const key = createHash("sha256").update(stableJson(determines)).digest("hex");
  const objective = options.objective === DEFAULT_OPTIONS.objective ? [] : [options.objective];
  const opened = manyModels ? [baseName(model.source), model.quantize] : [];
  const setting = [...objective, ...optionWords(options)];
  const id = `${slug([...opened, prompt, ...setting].join("-"))}-${key.slice(0, 8)}`;
  return { id, key, model, prompt, text, options, truth, setting: setting.join(" ") };
}

function optionWords(options: AttributionOptions): string[] {
  const freeze = options.freeze.join("+");
  const frozen = freeze === DEFAULT_OPTIONS.freeze.join("+")
    ? []
    : [freeze === "" ? "nothing-frozen" : `frozen-${freeze}`];
  const units = [
    ...(options.units === DEFAULT_OPTIONS.units ? [] : [options.units]),
    ...(options.targetUnits === DEFAULT_OPTIONS.targetUnits ? [] : [`target-${options.targetUnits}`]),
  ];
  if (options.method === "feature-ablation") {
    return ["ablation", options.scheme, ...units, ...unusualOptions(options), ...frozen];
  }
  if (!isGradientMethod(options.method)) {
    return [options.method, options.scheme, ...units, ...unusualOptions(options), ...frozen];
  }
  if (options.method !== "integrated-gradients") {
    return [options.method, ...unusualOptions(options), ...units, ...frozen];
  }
  const effort = options.quadrature === "adaptive" ? options.tolerance : options.steps;
  const moving = [
    ...(options.layer > 0 ? [`layer-${options.layer}`] : []),
    ...(options.prefix === "fixed" ? [] : [`prefix-${options.prefix}`]),
  ];
  const extent = [...(options.tokens ? ["tokens"] : []), ...(options.perTarget ? [] : ["no-per-target"])];
  const drawn = isRelevant("seed", options) ? [`samples-${options.samples}`, `seed-${options.seed}`] : [];
  return [
    "ig",
    options.baseline,
    ...moving,
    options.quadrature,
    String(effort),
    ...drawn,
    ...extent,
    ...units,
    ...frozen,
  ];
}

/** A method's options that are not the defaults, as words. */
function unusualOptions(options: AttributionOptions): string[] {
  const { method, objective, scheme } = options;
  const usual = resolveOptions({ method, objective, scheme });
  const relevant = relevantOptions(options);
  return SWEEP_OPTIONS.filter((name) =>
    name in relevant && !["scheme", "units", "targetUnits", "freeze"].includes(name)
  )
    .filter((name) => options[name] !== usual[name]).map((name) => `${name}-${options[name]}`);
}

/** Longer names are cut: some file systems take 143 bytes and the hash and an extension follow. */
const LONGEST_SLUG = 90;

function slug(text: string): string {
  return text.replace(/[^A-Za-z0-9._+]+/g, "-").replace(/^[-.]+|-+$/g, "").slice(0, LONGEST_SLUG);
}

function baseName(path: string): string {
  return path.split("/").filter((part) => part !== "").at(-1) ?? path;
}

/** JSON with sorted keys and without undefined values: equal data give equal text. */
export function stableJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(stableJson).join(",")}]`;
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, child]) => `${JSON.stringify(key)}:${stableJson(child)}`).join(",")}}`;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
