import { CHAIN_OPTIONS } from "../options/chain_options.ts";
import { COMMON_OPTIONS } from "../options/common_options.ts";
import type { Option } from "../options/option.ts";
import { allMethods } from "./method_table.ts";
import type { Method } from "./method.ts";

// Options that several methods have come first, then methods' own, in the order of the table.
const FIRST = [
  ...["objective", "baseline", "scheme", "units", "targetUnits", "quadrature", "steps", "tolerance", "budget"],
  ...["tokens", "perTarget", "seed", "standardError", "of", "draws", "samples"],
];
const CHAINS = Object.keys(CHAIN_OPTIONS);
const LAST = [...CHAINS, "freeze", "metrics"];
// A sweep varies what is explained slowest, then what defines a method, then its effort.
const SLOWEST = ["quadrature", "objective", "freeze", ...CHAINS];
const MIDDLE = ["baseline", "scheme", "units", "targetUnits"];

type Options = Readonly<Record<string, Option<unknown, unknown>>>;

const OPTIONS = new WeakMap<Method, Options>();

/** Returns a method's options by name, the common ones among them and, if it is additive, those of chains. */
export function optionsOf(method: Method): Options {
  const known = OPTIONS.get(method);
  if (known !== undefined) return known;
  // Without a prototype, so that no name but theirs is found in it.
  const chains = method.yields === "additive" ? CHAIN_OPTIONS : {};
  const made: Options = Object.assign(Object.create(null), COMMON_OPTIONS, chains, method.options);
  OPTIONS.set(method, made);
  return made;
}

/** Keeps what follows from the table of methods until one is added: an experiment asks for each cell. */
function ofTable<T>(make: () => T): () => T {
  let known: { readonly methods: number; readonly value: T } | undefined;
  return () => {
    const methods = allMethods().length;
    if (known?.methods !== methods) known = { methods, value: make() };
    return known.value;
  };
}

/** Returns the names of all methods' options, in the order of tables. */
export const optionNames: () => readonly string[] = ofTable(() => {
  const own = allMethods().flatMap(({ options }) => Object.keys(options));
  const middle = own.filter((name) => !FIRST.includes(name) && !LAST.includes(name));
  return [...new Set([...FIRST, ...middle, ...LAST])];
});

/** Returns the names of options that records and tables have, in the order of tables. */
export const recordedNames: () => readonly string[] = ofTable(() =>
  optionNames().filter((name) => declarationsOf(name).some(({ recorded }) => recorded !== false))
);

/** Returns the names of options that a sweep may vary, the slowest first. */
export const sweepOrder: () => readonly string[] = ofTable(() => {
  const names = recordedNames();
  const own = names.filter((name) => !FIRST.includes(name) && !LAST.includes(name)).toReversed();
  const effort = names.filter((name) => FIRST.includes(name)).toReversed();
  return [...new Set([...SLOWEST, ...own, ...MIDDLE, ...effort])];
});

/** Returns the declarations of an option, the widest first: methods may narrow what they share. */
export function declarationsOf(name: string): readonly Option<unknown, unknown>[] {
  return [...new Set(allMethods().flatMap((method) => optionsOf(method)[name] ?? []))];
}
