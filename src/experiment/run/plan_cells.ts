import { createHash } from "node:crypto";
import type { ResolvedOptions } from "../../explain/methods/attribution_options.ts";
import { recordedOptions } from "../../explain/methods/resolve_options.ts";
import type { AttributionText } from "../../explain/options/attribution_text.ts";
import { RECORD_SCHEMA } from "../../explain/record/record.ts";
import { expandSweep } from "../config/expand_sweep.ts";
import { type ParsedPrompt, PLOT_CHOICES } from "../config/experiment_schema.ts";
import type { ExperimentConfig } from "../config/parse_config.ts";
import { entryName } from "../config/prompt_entries.ts";
import type { ParsedSource } from "../config/source_schema.ts";
import { type GroundTruth, truthsOf } from "../findings/truth/truth.ts";
import type { PromptData, PromptRow } from "../prompts/prompt_row.ts";
import { type Cell, type ExperimentPlan, FEW_CELLS, type ModelSpec, type PlanOverrides } from "./cell.ts";
import { cellWords, writtenMetrics } from "./cell_words.ts";
import { stableJson } from "./stable_json.ts";

/** Cells of an experiment; their plan takes a few seconds, and half a gigabyte. */
const MOST_CELLS = 1_000_000;
/** Name of the program as it is installed; a plan of another caller's names it otherwise. */
const INSTALLED = "whence";
/** Digits of a key in an id: of a prompt's cells, and of a file's, of which there are more. */
const KEY_DIGITS = 8;
const ROW_KEY_DIGITS = 12;

/**
 * Expands a configuration into its cells; the same configuration and data give the same plan. Cells that occur twice
 * are one.
 *
 * @param data the prompts of the files that it names
 * @throws {RangeError} if there are more than a million cells
 */
export function planExperiment(
  config: ExperimentConfig,
  overrides: PlanOverrides = {},
  data: PromptData = { rows: new Map(), files: [] },
): ExperimentPlan {
  const { name, question = "", prompts, sweeps, compare: comparisons = [], plots: asked } = config.experiment;
  const models = modelsOf(config, overrides);
  const expanded = sweeps.map((sweep) => ({ sweep, combinations: expandSweep(sweep) }));
  const cells = new Map<string, Cell>();
  const ids = new Set<string>();
  for (const model of models) {
    const settings = expanded.map(({ sweep, combinations }) => ({
      sweep,
      settings: combinations.map((options) => settingOf(model, models.length > 1, options)),
    }));
    for (const entry of prompts) {
      const chosen = settings.filter(({ sweep }) => sweep.prompts?.includes(entryName(entry) as string) ?? true)
        .flatMap((one) => one.settings);
      for (const prompt of promptsOf(entry, data)) {
        for (const setting of chosen) addCell(cells, ids, prompt, setting);
        if (cells.size > MOST_CELLS) {
          throw new RangeError(`Cannot plan ${config.file} as it must have at most ${MOST_CELLS} cells: got more`);
        }
      }
    }
  }
  const { file, text: configText } = config;
  const plots = asked ?? (cells.size <= FEW_CELLS ? PLOT_CHOICES[0] : "summary");
  const source = { file, configText, data: data.files, overrides };
  return { name, question, program: INSTALLED, ...source, cells: [...cells.values()], comparisons, plots };
}

/** A prompt that cells are made of. */
interface PlannedPrompt {
  readonly name: string;
  readonly truth: readonly GroundTruth[];
  /** Place in a file; null of a prompt in the experiment's file. */
  readonly place: string | null;
  readonly flaw: string | null;
  /** Its text, with an alternative and without, and the JSON that stands for it in keys. */
  readonly contrasted: { readonly text: AttributionText; readonly json: string };
  readonly plain: { readonly text: AttributionText; readonly json: string };
}

/** Prompts of an entry, one after the other, as a file may have many. */
function* promptsOf(entry: ParsedPrompt | ParsedSource, data: PromptData): Generator<PlannedPrompt> {
  if (entry.file === undefined) {
    const { name, truth, ...text } = entry as ParsedPrompt;
    const truths = truthsOf(truth ?? []);
    yield planned({ name, text: text as unknown as AttributionText, truth: truths, flaw: null, given: null }, null);
    return;
  }
  const rows = data.rows.get(entry as ParsedSource);
  if (rows === undefined) throw new TypeError("Cannot plan an experiment as its files must be read: got none");
  for (const row of rows) yield planned(row, row.place);
}

function planned(row: Omit<PromptRow, "place">, place: string | null): PlannedPrompt {
  const { name, text, truth, flaw, given } = row;
  const contrasted = { text, json: given ?? stableJson(text) };
  const { alternative, ...others } = text;
  const plain = alternative === undefined ? contrasted : { text: others, json: stableJson(others) };
  return { name, truth, place, flaw, contrasted, plain };
}

function modelsOf({ experiment }: ExperimentConfig, overrides: PlanOverrides): ModelSpec[] {
  const sources = overrides.model ? [overrides.model] : experiment.model ?? ["embedded"];
  const device = overrides.device ?? experiment.device ?? "auto";
  const quantizations = overrides.quantize ? [overrides.quantize] : experiment.quantize ?? ["none" as const];
  return unique(sources).flatMap((source) => unique(quantizations).map((quantize) => ({ source, quantize, device })));
}

/** Properties that the cells of one model and one combination of options share. */
interface CellSetting {
  readonly model: ModelSpec;
  readonly options: ResolvedOptions;
  readonly recorded: Readonly<Record<string, unknown>>;
  readonly isContrast: boolean;
  readonly setting: string;
  /** Words of the id, before and behind the prompt's name. */
  readonly words: readonly [before: readonly string[], behind: readonly string[]];
  /** JSON of what determines the results, but for the text, which comes last. */
  readonly json: string;
}

function settingOf(model: ModelSpec, manyModels: boolean, options: ResolvedOptions): CellSetting {
  const recorded = recordedOptions(options);
  const { method } = options;
  const determines = { schema: RECORD_SCHEMA, model, method, options: recorded, metrics: writtenMetrics(options) };
  const words = cellWords(options, recorded);
  return {
    model,
    options,
    recorded,
    isContrast: options.objective === "contrastive",
    setting: words.join(" "),
    words: [manyModels ? [baseName(model.source), model.quantize] : [], words],
    json: stableJson(determines).slice(0, -1),
  };
}

function addCell(cells: Map<string, Cell>, ids: Set<string>, prompt: PlannedPrompt, own: CellSetting): void {
  const { model, options, recorded, isContrast, setting, words: [before, behind] } = own;
  const { name, truth, place } = prompt;
  const { text, json: textJson } = isContrast ? prompt.contrasted : prompt.plain;
  // The keys of the other properties are sorted before "text".
  const json = `${own.json},"text":${textJson}}`;
  const key = createHash("sha256").update(json).digest("hex");
  if (cells.has(key)) return;
  const start = slug([...before, name, ...behind].join("-"));
  let digits = place === null ? KEY_DIGITS : ROW_KEY_DIGITS;
  while (ids.has(`${start}-${key.slice(0, digits)}`)) digits += KEY_DIGITS;
  const id = `${start}-${key.slice(0, digits)}`;
  ids.add(id);
  const lacks = isContrast && place !== null && text.alternative === undefined
    ? `${place}: expected an alternative with objective contrastive, got none`
    : null;
  const flaw = prompt.flaw ?? lacks;
  const cell = { id, key, model, prompt: name, text, options, recorded, truth, setting };
  cells.set(key, flaw === null ? cell : { ...cell, flaw });
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
