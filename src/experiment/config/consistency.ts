import { shownNames, shownText } from "../../files/shown_value.ts";
import { checkOptions, MOST_MISTAKES } from "../../explain/methods/check_options.ts";
import { findMethod } from "../../explain/methods/method_table.ts";
import { TEXT_OPTIONS } from "../../explain/options/attribution_text.ts";
import { checkText } from "../../explain/options/check_text.ts";
import { hint, type Mistake } from "../../explain/options/mistake.ts";
import { withDependents } from "../compared_keys.ts";
import type { KnownCause } from "../findings/truth/truth.ts";
import { locateCause } from "../findings/truth/locate_cause.ts";
import { promptText } from "./context_files.ts";
import { sweepChoices } from "./sweep_choices.ts";

/** One mistake. Where `key` is set the key itself is wrong rather than its value. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
  readonly key?: boolean;
}

type Mapping = Record<string, unknown>;

/**
 * Checks relations between keys: options without an effect, names used twice or unknown, target against generate. It
 * reads the data as they came, so that these mistakes are reported together with those of the schema.
 */
export function checkConsistency(data: unknown): Problem[] {
  const { prompts, sweeps, compare } = asMapping(data);
  const names = firstOfEach(listOf(prompts));
  const comparisons = firstOfEach(listOf(compare));
  const byName = promptsByName(listOf(prompts));
  return [
    ...listOf(prompts).flatMap((prompt, i) => checkPrompt(asMapping(prompt), i, names)),
    ...listOf(sweeps).flatMap((sweep, i) => checkSweep(asMapping(sweep), i, names)),
    ...checkAlternatives(byName, listOf(prompts).map(asMapping), listOf(sweeps).map(asMapping)),
    ...listOf(prompts).flatMap((prompt, i) => checkTruth(asMapping(prompt), i)),
    ...listOf(sweeps).flatMap((sweep, i) => matrixForTruth(asMapping(sweep), i, byName)),
    ...listOf(compare).flatMap((comparison, i) => checkComparison(asMapping(comparison), i, comparisons)),
  ];
}

/** The place at which each name stands first. */
type Names = ReadonlyMap<string, number>;

function firstOfEach(named: readonly unknown[]): Names {
  const first = new Map<string, number>();
  named.forEach((one, i) => {
    const { name } = asMapping(one);
    if (typeof name === "string" && !first.has(name)) first.set(name, i);
  });
  return first;
}

/** The prompts that a sweep may name. */
type Prompts = ReadonlyMap<string, readonly Mapping[]>;

function promptsByName(prompts: readonly unknown[]): Prompts {
  const named = prompts.map(asMapping).filter(({ name }) => typeof name === "string");
  return Map.groupBy(named, ({ name }) => name as string);
}

/** Returns the prompts of a sweep, in the order of its names. */
function promptsOf({ prompts: chosen }: Mapping, prompts: Prompts): Mapping[] {
  const names = chosen === undefined ? [...prompts.keys()] : [...new Set(asList(chosen))];
  return names.flatMap((name) => typeof name === "string" ? prompts.get(name) ?? [] : []);
}

function checkPrompt(prompt: Mapping, i: number, names: Names): Problem[] {
  const problems: Problem[] = [];
  const { name, target, generate } = prompt;
  if (typeof name === "string" && names.get(name)! < i) {
    problems.push({ path: ["prompts", i, "name"], text: `expected a name of its own, got ${shownText(name)} again` });
  }
  if (target === undefined && generate === undefined && Object.keys(prompt).length > 0) {
    problems.push({ path: ["prompts", i], text: "expected target or generate, got neither" });
  }
  const { name: _, truth: __, ...text } = prompt;
  return [...problems, ...checkText(knownOnly(text), null).map((mistake) => problemOf(["prompts", i], mistake))];
}

/** Causes and parts of the target must be found, each once. */
function checkTruth({ prompt, context, history, target, truth }: Mapping, i: number): Problem[] {
  if (typeof prompt !== "string" || !Array.isArray(truth)) return [];
  const before = listOf(history).map((message) => asMapping(message).content);
  const whole = [...before.filter((content) => typeof content === "string"), promptText(prompt, context)].join("\n");
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
        locateCause(text, what as KnownCause, where);
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
function matrixForTruth(sweep: Mapping, i: number, prompts: Prompts): Problem[] {
  const prompt = promptsOf(sweep, prompts).find(({ truth }) =>
    listOf(truth).some((entry) => asMapping(entry).target !== undefined)
  );
  const { tokens } = findMethod(sweep.method)?.options ?? {};
  const always = asList(sweep.tokens).length > 0 && asList(sweep.tokens).every((value) => value === true);
  if (prompt === undefined || always || tokens === undefined || tokens.recorded === false) return [];
  return [{
    path: ["sweeps", i],
    text: `expected tokens: true, as prompt ${prompt.name} has the truth of a part of its target, got no matrix`,
  }];
}

function checkComparison({ name, across, reference }: Mapping, i: number, names: Names): Problem[] {
  const problems: Problem[] = [];
  if (typeof name === "string" && names.get(name)! < i) {
    problems.push({ path: ["compare", i, "name"], text: `expected a name of its own, got ${shownText(name)} again` });
  }
  const keys = withDependents(asList(across).filter((key) => typeof key === "string") as string[]);
  for (const key of Object.keys(asMapping(reference))) {
    if (keys.has(key)) continue;
    const text = `expected one of ${[...keys].join(", ")}, in which the compared cells differ, got ${key}`;
    problems.push({ path: ["compare", i, "reference", key], text, key: true });
  }
  return problems;
}

function checkSweep(sweep: Mapping, i: number, names: Names): Problem[] {
  // The schema says that it must be a mapping.
  if (Object.keys(sweep).length === 0) return [];
  const mistakes = checkOptions({ method: sweep.method ?? null, preset: sweep.preset }, sweepChoices(sweep));
  return [...unknownPrompts(sweep, i, names), ...mistakes.map((mistake) => problemOf(["sweeps", i], mistake))];
}

/** A mistake with the place of its value. */
function problemOf(place: readonly PropertyKey[], { option, index, isKey, sentence }: Mistake): Problem {
  const inList = index === null || option === "freeze" || option === "metrics" ? [] : [index];
  return { path: [...place, option, ...inList], text: sentence, key: isKey };
}

/** Leaves out unknown keys, which the schema reports. */
function knownOnly(text: Mapping): Mapping {
  return Object.fromEntries(Object.entries(text).filter(([key]) => Object.hasOwn(TEXT_OPTIONS, key)));
}

/** Contrasts need an alternative, and nothing else has a use for one. */
function checkAlternatives(byName: Prompts, prompts: readonly Mapping[], sweeps: readonly Mapping[]): Problem[] {
  const contrasted = new Set<Mapping>();
  const missing = sweeps.flatMap((sweep, i) => {
    if (!asList(sweep.objective).includes("contrastive")) return [];
    const chosen = promptsOf(sweep, byName);
    chosen.forEach((prompt) => contrasted.add(prompt));
    return chosen.filter(({ alternative }) => alternative === undefined).map(({ name }) => ({
      path: ["sweeps", i, "objective"],
      text: `expected an alternative in each prompt with objective contrastive, got none in ${name}`,
    }));
  });
  const idle = prompts.flatMap((prompt, i) => {
    // The schema says that it must have a name.
    if (prompt.alternative === undefined || contrasted.has(prompt) || typeof prompt.name !== "string") return [];
    const text = "expected only with objective contrastive, got no such sweep of this prompt";
    return [{ path: ["prompts", i, "alternative"], text, key: true }];
  });
  return [...missing, ...idle];
}

function unknownPrompts(sweep: Mapping, i: number, names: Names): Problem[] {
  const known = [...names.keys()];
  let unknown = 0;
  return asList(sweep.prompts).flatMap((name, k) => {
    if (typeof name !== "string" || names.has(name) || ++unknown > MOST_MISTAKES) return [];
    const text = `expected one of the prompts ${shownNames(known)}, got ${shownText(name)}${hint(name, known)}`;
    return [{ path: ["sweeps", i, "prompts", k], text }];
  });
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
