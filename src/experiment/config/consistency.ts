import { baselineName, isAveraged } from "../../explain/options/baseline_name.ts";
import { takesOneBaseline } from "../../explain/options/gradient_options.ts";
import { withDependents } from "../findings/comparison.ts";
import { nearest } from "../../explain/options/nearest.ts";
import { culpritOf, isRelevant, needsOf, SWEEP_OPTIONS } from "../../explain/options/relevance.ts";
import { PRESET_NAMES, presetMethods, type PresetName } from "../../explain/options/preset.ts";
import {
  type MethodName,
  METHODS,
  type QuadratureName,
  QUADRATURES,
  resolveOptions,
} from "../../explain/options/attribution_options.ts";
import { type Cause, locate } from "../findings/truth.ts";

/** One mistake. Where `key` is set the key itself is wrong rather than its value. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
  readonly key?: boolean;
}

type Mapping = Record<string, unknown>;

/**
 * What no single key tells: options without an effect, names used twice or unknown, target against generate. It reads
 * the data as they came, so that these mistakes are reported beside those of the schema.
 */
export function checkConsistency(data: unknown): Problem[] {
  const { prompts, sweeps, compare } = asMapping(data);
  const names = listOf(prompts).map((prompt) => asMapping(prompt).name);
  return [
    ...listOf(prompts).flatMap((prompt, i) => checkPrompt(asMapping(prompt), i, names)),
    ...listOf(sweeps).flatMap((sweep, i) => checkSweep(asMapping(sweep), i, names)),
    ...checkAlternatives(listOf(prompts).map(asMapping), listOf(sweeps).map(asMapping)),
    ...listOf(prompts).flatMap((prompt, i) => checkTruth(asMapping(prompt), i)),
    ...listOf(sweeps).flatMap((sweep, i) => matrixForTruth(asMapping(sweep), i, listOf(prompts).map(asMapping))),
    ...listOf(compare).flatMap((comparison, i) => checkComparison(asMapping(comparison), i, listOf(compare))),
  ];
}

function checkPrompt(prompt: Mapping, i: number, names: readonly unknown[]): Problem[] {
  const problems: Problem[] = [];
  const { name, target, generate } = prompt;
  if (typeof name === "string" && names.indexOf(name) < i) {
    problems.push({ path: ["prompts", i, "name"], text: `expected a name of its own, got ${name} again` });
  }
  if (target !== undefined && generate !== undefined) {
    problems.push({ path: ["prompts", i, "generate"], key: true, text: "expected target or generate, got both" });
  }
  if (target === undefined && generate === undefined && Object.keys(prompt).length > 0) {
    problems.push({ path: ["prompts", i], text: "expected target or generate, got neither" });
  }
  return [...problems, ...idleSampling(prompt, i)];
}

const DRAWS = ["temperature", "topK", "topP"] as const;

/** Options of generation without a generated target, and a seed of nothing. */
function idleSampling(prompt: Mapping, i: number): Problem[] {
  const problem = (key: string, text: string): Problem => ({ path: ["prompts", i, key], key: true, text });
  if (prompt.target !== undefined) {
    return [...DRAWS, "repetitionPenalty", "seed", "stop"].filter((key) => prompt[key] !== undefined)
      .map((key) => problem(key, "expected only with generate, got target"));
  }
  if (prompt.seed === undefined || DRAWS.some((key) => prompt[key] !== undefined)) return [];
  return [problem("seed", `expected only with ${DRAWS.join(", ")}, got none of them`)];
}

/** Causes and parts of the target must be found, each once. */
function checkTruth({ prompt, history, target, truth }: Mapping, i: number): Problem[] {
  if (typeof prompt !== "string" || !Array.isArray(truth)) return [];
  const whole = [...listOf(history).map((message) => String(asMapping(message).content)), prompt].join("\n");
  return truth.flatMap((entry, k) => {
    const { causes, target: part } = asMapping(entry);
    const named: [unknown, "prompt" | "target"][] = [
      ...(part === undefined ? [] : [[part, "target"] as [unknown, "target"]]),
      ...(causes === undefined ? [entry] : listOf(causes)).map((cause): [unknown, "prompt"] => [cause, "prompt"]),
    ];
    return named.flatMap(([what, where]) => {
      const text = where === "prompt" ? whole : target;
      const isSpan = Array.isArray(what) && what.length === 2;
      if (typeof text !== "string" || !(typeof what === "string" && what !== "" || isSpan)) return [];
      try {
        locate(text, what as Cause, where);
        return [];
      } catch (error) {
        return [{
          path: ["prompts", i, "truth", k],
          text: `expected a part of the ${where}: ${(error as Error).message}`,
        }];
      }
    });
  });
}

/** The truth of a part of the target needs the rows of its tokens. */
function matrixForTruth(sweep: Mapping, i: number, prompts: readonly Mapping[]): Problem[] {
  const chosen = sweep.prompts === undefined ? null : asList(sweep.prompts);
  const prompt = prompts.find(({ name, truth }) =>
    (chosen === null || chosen.includes(name)) && listOf(truth).some((entry) => asMapping(entry).target !== undefined)
  );
  const method = sweep.method as MethodName;
  const choice = { ...resolveOptions({}), method };
  const always = asList(sweep.tokens).length > 0 && asList(sweep.tokens).every((value) => value === true);
  if (prompt === undefined || always || !METHODS.includes(method) || !isRelevant("tokens", choice)) return [];
  return [{
    path: ["sweeps", i],
    text: `expected tokens: true, as prompt ${prompt.name} has the truth of a part of its target, got no matrix`,
  }];
}

function checkComparison({ name, across, reference }: Mapping, i: number, all: readonly unknown[]): Problem[] {
  const problems: Problem[] = [];
  if (typeof name === "string" && all.findIndex((other) => asMapping(other).name === name) < i) {
    problems.push({ path: ["compare", i, "name"], text: `expected a name of its own, got ${name} again` });
  }
  const keys = withDependents(asList(across).filter((key) => typeof key === "string") as string[]);
  for (const key of Object.keys(asMapping(reference))) {
    if (keys.has(key)) continue;
    const text = `expected one of ${[...keys].join(", ")}, in which the compared cells differ, got ${key}`;
    problems.push({ path: ["compare", i, "reference", key], text, key: true });
  }
  return problems;
}

function checkSweep(sweep: Mapping, i: number, names: readonly unknown[]): Problem[] {
  const problems = unknownPrompts(sweep, i, names);
  const preset = PRESET_NAMES.find((name) => name === sweep.preset);
  const asked = METHODS.find((name) => name === sweep.method);
  if (asked === undefined) return problems;
  if (preset && !presetMethods(preset).includes(asked)) return [...problems, unknownToPreset(i, preset, asked)];
  const usual = resolveOptions({ preset, method: asked });
  const given = sweep.quadrature === undefined ? [usual.quadrature] : asList(sweep.quadrature);
  const quadratures = given.filter((name) => QUADRATURES.includes(name as QuadratureName)) as QuadratureName[];
  const baselines = sweep.baseline === undefined ? [usual.baseline] : asList(sweep.baseline).map(baselineName);
  const schemes = sweep.scheme === undefined ? [usual.scheme] : asList(sweep.scheme).map(String);
  const choices = quadratures.flatMap((quadrature) =>
    baselines.flatMap((baseline) => schemes.map((scheme) => ({ method: usual.method, quadrature, baseline, scheme })))
  );
  for (const option of SWEEP_OPTIONS) {
    if (sweep[option] === undefined) continue;
    const without = choices.find((choice) => !isRelevant(option, choice));
    if (without === undefined) continue;
    const culprit = culpritOf(option, without);
    const got = `${culprit} ${without[culprit]}`;
    const among =
      { method: 1, quadrature: quadratures.length, baseline: baselines.length, scheme: schemes.length }[culprit];
    const advice = among > 1 ? `; give ${without[culprit]} a sweep of its own` : "";
    problems.push({
      path: ["sweeps", i, option],
      key: true,
      text: `expected only with ${needsOf(option)}, got ${got}${advice}`,
    });
  }
  return [
    ...problems,
    ...drawnBaselines(sweep, i),
    ...tooFewSteps(sweep, i, quadratures),
    ...logitsOfOthers(sweep, i),
  ];
}

/** Paths of single units and through words start at one place. */
function drawnBaselines({ method, baseline }: Mapping, i: number): Problem[] {
  if (!takesOneBaseline(String(method))) return [];
  return asList(baseline).flatMap((name, k) =>
    isAveraged(baselineName(name as string))
      ? [{
        path: ["sweeps", i, "baseline", k],
        text: `expected a baseline that is not drawn with method ${method}, got ${name}`,
      }]
      : []
  );
}

/** Contrasts need an alternative, and nothing else has a use for one. */
function checkAlternatives(prompts: readonly Mapping[], sweeps: readonly Mapping[]): Problem[] {
  const contrasts = (sweep: Mapping, { name }: Mapping) =>
    asList(sweep.objective).includes("contrastive") &&
    (sweep.prompts === undefined || asList(sweep.prompts).includes(name));
  const missing = sweeps.flatMap((sweep, i) =>
    prompts.filter((prompt) => prompt.alternative === undefined && contrasts(sweep, prompt)).map(({ name }) => ({
      path: ["sweeps", i, "objective"],
      text: `expected an alternative in each prompt with objective contrastive, got none in ${name}`,
    }))
  );
  const idle = prompts.flatMap((prompt, i) => {
    if (prompt.alternative === undefined || sweeps.some((sweep) => contrasts(sweep, prompt))) return [];
    const text = "expected only with objective contrastive, got no such sweep of this prompt";
    return [{ path: ["prompts", i, "alternative"], text, key: true }];
  });
  return [...missing, ...idle];
}

/** Logits of probabilities are taken of log-probabilities alone. */
function logitsOfOthers({ link, objective }: Mapping, i: number): Problem[] {
  const other = asList(objective).find((name) => name !== "log-prob");
  if (other === undefined) return [];
  return asList(link).flatMap((name, k) =>
    name === "logit"
      ? [{ path: ["sweeps", i, "link", k], text: `expected identity with objective ${other}, got logit` }]
      : []
  );
}

function unknownToPreset(i: number, preset: PresetName, method: MethodName): Problem {
  const text = `expected one of ${presetMethods(preset).join(", ")} with preset ${preset}, got ${method}`;
  return { path: ["sweeps", i, "method"], text };
}

function unknownPrompts(sweep: Mapping, i: number, names: readonly unknown[]): Problem[] {
  const known = names.filter((name) => typeof name === "string");
  return asList(sweep.prompts).flatMap((name, k) => {
    if (typeof name !== "string" || known.includes(name)) return [];
    const meant = nearest(name, known);
    const text = `expected one of the prompts ${known.join(", ")}, got ${name}${
      meant ? `; did you mean ${meant}?` : ""
    }`;
    return [{ path: ["sweeps", i, "prompts", k], text }];
  });
}

/** A trapezoid has a point at either end. */
function tooFewSteps(sweep: Mapping, i: number, quadratures: readonly string[]): Problem[] {
  const rule = quadratures.find((name) => name.endsWith("trapezoid"));
  if (!rule) return [];
  return asList(sweep.steps).flatMap((steps, k) =>
    steps === 1 ? [{ path: ["sweeps", i, "steps", k], text: `expected at least 2 with quadrature ${rule}, got 1` }] : []
  );
}

function asMapping(value: unknown): Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Mapping : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asList(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
