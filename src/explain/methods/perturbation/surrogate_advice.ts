import type { Judged } from "../../judged.ts";

/** Says which units no coalition told apart, and whether there are fewer coalitions than a fit has unknowns. */
export function surrogateAdvice({ surrogate }: Judged): string[] {
  if (surrogate === null) return [];
  const { variety: { distinct, unvaried }, samples, sequence: { length: units } } = surrogate;
  return [
    ...(unvaried.length === 0 ? [] : [
      `The fit says nothing of ${unvaried.length === 1 ? "unit" : "units"} ${unvaried.join(", ")}: ` +
      `all ${samples} coalitions keep it or all take it away. Use more samples.`,
    ]),
    // Fewer draws than units are what a sparse fit is for; repeated ones are not.
    ...(distinct > units || distinct === samples ? [] : [
      `The fit has ${distinct} different coalitions for ${units} units and an intercept: it is one of many that ` +
      "agree with them. Use more samples, or shapley for so few units.",
    ]),
  ];
}
