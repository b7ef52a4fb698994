import { recordedNames } from "../explain/methods/option_order.ts";

/** Changes of these change no sequence attribution but for rounding. */
export const WITHOUT_EFFECT: readonly string[] = ["tokens", "perTarget"];

/** Returns the keys in which cells that are compared may differ. */
export function comparedKeys(): readonly string[] {
  return ["model", "quantize", "method", ...recordedNames()];
}

/**
 * Returns keys with those that mean something only beside them: cells that differ in the former differ in the latter as
 * well.
 */
export function withDependents(across: readonly string[]): Set<string> {
  const dependents: ReadonlyMap<string, readonly string[]> = new Map([
    ["method", recordedNames().filter((name) => !["objective", "units", "freeze"].includes(name))],
    ["quadrature", ["steps", "tolerance", "budget"]],
    ["tolerance", ["budget"]],
    ["baseline", ["seed", "samples"]],
    ["scheme", ["draws"]],
  ]);
  const behind = (keys: Iterable<string>) => [...keys].flatMap((key) => dependents.get(key) ?? []);
  const all = new Set([...across, ...behind(across)]);
  for (const key of behind(all)) all.add(key);
  return new Set(comparedKeys().filter((key) => all.has(key)));
}
