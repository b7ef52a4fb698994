import { createHash } from "node:crypto";
import type { ResolvedOptions } from "../../explain/methods/attribution_options.ts";
import { recordedOptions } from "../../explain/methods/resolve_options.ts";
import type { AttributionText } from "../../explain/options/attribution_text.ts";
import { RECORD_SCHEMA } from "../../explain/record/record.ts";
import { expandSweep } from "../config/expand_sweep.ts";
import { PLOT_CHOICES } from "../config/experiment_schema.ts";
import type { ExperimentConfig } from "../config/parse_config.ts";
import { truthsOf } from "../findings/truth/truth.ts";
import { type Cell, type ExperimentPlan, FEW_CELLS, type ModelSpec, type PlanOverrides } from "./cell.ts";
import { cellWords, writtenMetrics } from "./cell_words.ts";
import { stableJson } from "./stable_json.ts";

/**
 * Expands a configuration into its cells; the same configuration gives the same plan. Cells that occur twice are one.
 */
export function planExperiment(config: ExperimentConfig, overrides: PlanOverrides = {}): ExperimentPlan {
  const { name, question, prompts, sweeps, compare: comparisons = [], plots: asked } = config.experiment;
  const models = modelsOf(config, overrides);
  const expanded = sweeps.map((sweep) => ({ sweep, combinations: expandSweep(sweep) }));
  const cells = new Map<string, Cell>();
  for (const model of models) {
    for (const { name: prompt, truth, ...text } of prompts) {
      for (const { sweep, combinations } of expanded) {
        if (sweep.prompts && !sweep.prompts.includes(prompt)) continue;
        for (const options of combinations) {
          const { alternative, ...plain } = text as unknown as AttributionText;
          const own = options.objective === "contrastive" ? { ...plain, alternative } : plain;
          const given = { prompt, text: own, truth: truthsOf(truth ?? []) };
          const cell = makeCell(model, models.length > 1, given, options);
          if (!cells.has(cell.key)) cells.set(cell.key, cell);
        }
      }
    }
  }
  const { file, text: configText } = config;
  const plots = asked ?? (cells.size <= FEW_CELLS ? PLOT_CHOICES[0] : "summary");
  return { name, question, file, configText, overrides, cells: [...cells.values()], comparisons, plots };
}

function modelsOf({ experiment }: ExperimentConfig, overrides: PlanOverrides): ModelSpec[] {
  const sources = overrides.model ? [overrides.model] : experiment.model ?? ["embedded"];
  const device = overrides.device ?? experiment.device ?? "auto";
  const quantizations = overrides.quantize ? [overrides.quantize] : experiment.quantize ?? ["none" as const];
  return unique(sources).flatMap((source) => unique(quantizations).map((quantize) => ({ source, quantize, device })));
}

function makeCell(
  model: ModelSpec,
  manyModels: boolean,
  { prompt, text, truth }: Pick<Cell, "prompt" | "text" | "truth">,
  options: ResolvedOptions,
): Cell {
  const recorded = recordedOptions(options);
  const { method } = options;
  const determines = {
    schema: RECORD_SCHEMA,
    model,
    text,
    method,
    options: recorded,
    metrics: writtenMetrics(options),
  };
  const key = createHash("sha256").update(stableJson(determines)).digest("hex");
  const setting = cellWords(options, recorded);
  const opened = manyModels ? [baseName(model.source), model.quantize] : [];
  const id = `${slug([...opened, prompt, ...setting].join("-"))}-${key.slice(0, 8)}`;
  return { id, key, model, prompt, text, options, recorded, truth, setting: setting.join(" ") };
}

/** Longer names are cut: some file systems take 143 bytes and the hash and an extension follow. */
const LONGEST_SLUG = 90;

function slug(text: string): string {
  return text.replace(/[^A-Za-z0-9._+]+/g, "-").replace(/^[-.]+|-+$/g, "").slice(0, LONGEST_SLUG);
}

function baseName(path: string): string {
  return path.split("/").filter((part) => part !== "").at(-1) ?? path;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
