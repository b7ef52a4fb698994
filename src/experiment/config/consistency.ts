import { shownNames, shownText } from "../../files/shown_value.ts";
import { checkOptions, MOST_MISTAKES } from "../../explain/methods/check_options.ts";
import { findMethod } from "../../explain/methods/method_table.ts";
import { checkText } from "../../explain/options/check_text.ts";
import { hint } from "../../explain/options/mistake.ts";
import { withDependents } from "../compared_keys.ts";
import { checkPrompt, type Problem, problemOf } from "./check_prompt.ts";
import { methodSweeps } from "./method_sweeps.ts";
import { entryName, isSource, promptEntries } from "./prompt_entries.ts";
import { sharedOptions } from "./source_schema.ts";
import { sweepChoices } from "./sweep_choices.ts";
import { asMapping, listOf, type Mapping } from "./mapping.ts";

/**
 * Checks relations between keys: options without an effect, names used twice or unknown, target against generate. It
 * reads the data as they came, so that these mistakes are reported together with those of the schema.
 */
export function checkConsistency(data: unknown): Problem[] {
  const { prompts, sweeps, compare } = asMapping(data);
  const entries = promptEntries(prompts);
  const names = firstOfEach(entries, entryName);
  const comparisons = firstOfEach(listOf(compare), (one) => asMapping(one).name);
  const byName = promptsByName(entries);
  return [
    ...entries.flatMap((entry, i) => checkEntry(entry, i, names)),
    ...listOf(sweeps).flatMap((sweep, i) => checkSweep(asMapping(sweep), i, names)),
    ...checkAlternatives(byName, entries, listOf(sweeps).map(asMapping)),
    ...listOf(sweeps).flatMap((sweep, i) =>
      methodSweeps(asMapping(sweep)).flatMap((one) => matrixForTruth(one, i, byName))
    ),
    ...listOf(compare).flatMap((comparison, i) => checkComparison(asMapping(comparison), i, comparisons)),
  ];
}

/** The place at which each name stands first. */
type Names = ReadonlyMap<string, number>;

function firstOfEach(named: readonly unknown[], nameOf: (one: unknown) => unknown): Names {
  const first = new Map<string, number>();
  named.forEach((one, i) => {
    const name = nameOf(one);
    if (typeof name === "string" && !first.has(name)) first.set(name, i);
  });
  return first;
}

/** The prompts that a sweep may name, those in files left out. */
type Prompts = ReadonlyMap<string, readonly Mapping[]>;

function promptsByName(entries: readonly unknown[]): Prompts {
  const named = entries.filter((entry) => !isSource(entry)).map(asMapping)
    .filter(({ name }) => typeof name === "string");
  return Map.groupBy(named, ({ name }) => name as string);
}

/** Returns the prompts of a sweep, in the order of its names. */
function promptsOf({ prompts: chosen }: Mapping, prompts: Prompts): Mapping[] {
  const names = chosen === undefined ? [...prompts.keys()] : [...new Set(asList(chosen))];
  return names.flatMap((name) => typeof name === "string" ? prompts.get(name) ?? [] : []);
}

function checkEntry(entry: unknown, i: number, names: Names): Problem[] {
  const name = entryName(entry);
  const again = typeof name === "string" && names.get(name)! < i
    ? [{
      path: ["prompts", i, ...(asMapping(entry).name === undefined ? [] : ["name"])],
      text: `expected a name of its own, got ${shownText(name)} again`,
    }]
    : [];
  const own = isSource(entry) ? checkSource(asMapping(entry)) : checkPrompt(asMapping(entry));
  return [...again, ...own.map((problem) => ({ ...problem, path: ["prompts", i, ...problem.path] }))];
}

/** Checks what the prompts of a file share. */
function checkSource(source: Mapping): Problem[] {
  const shared = sharedOptions(source);
  const target = shared.generate === undefined ? { target: "of each row" } : {};
  const mistakes = checkText({ prompt: "of each row", context: ["of each row"], ...shared, ...target }, null);
  const both = shared.generate !== undefined && asMapping(source.fields).target !== undefined
    ? [{ path: ["fields", "target"], text: "expected target or generate, got both", key: true }]
    : [];
  const chat = asMapping(source.fields).messages !== undefined && asMapping(source.fields).prompt !== undefined
    ? [{ path: ["fields", "messages"], text: "expected prompt or messages, got both", key: true }]
    : [];
  return [...mistakes.map((mistake) => problemOf([], mistake)), ...both, ...chat];
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
  const { method } = sweep;
  const none = Array.isArray(method) && method.length === 0
    ? [{ path: ["sweeps", i, "method"], text: "expected a list of at least one value, got an empty list" }]
    : [];
  const mistakes = methodSweeps(sweep).flatMap((one) => {
    const found = checkOptions({ method: one.method ?? null, preset: one.preset }, sweepChoices(one));
    const index = Array.isArray(method) ? method.indexOf(one.method) : null;
    return found.map((mistake) => mistake.option === "method" ? { ...mistake, index } : mistake);
  });
  return [...unknownPrompts(sweep, i, names), ...none, ...mistakes.map((one) => problemOf(["sweeps", i], one))];
}

/** Contrasts need an alternative, and nothing else has a use for one. */
function checkAlternatives(byName: Prompts, entries: readonly unknown[], sweeps: readonly Mapping[]): Problem[] {
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
  const idle = entries.map(asMapping).flatMap((prompt, i) => {
    // The schema says that it must have a name.
    if (
      isSource(prompt) || prompt.alternative === undefined || contrasted.has(prompt) || typeof prompt.name !== "string"
    ) return [];
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

function asList(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
