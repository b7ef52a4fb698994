import type { Choices } from "../../explain/methods/check_options.ts";
import { optionNames } from "../../explain/methods/option_order.ts";

/**
 * Returns the values of each option that a sweep names: of most a value or a list of values, of `freeze` a list or a
 * list of lists, of `metrics` one value.
 */
export function sweepChoices(sweep: Readonly<Record<string, unknown>>): Choices {
  const given = optionNames().filter((name) => sweep[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, choicesOf(name, sweep[name])]));
}

function choicesOf(name: string, value: unknown): readonly unknown[] {
  if (name === "metrics") return [value];
  if (name !== "freeze") return Array.isArray(value) ? value : [value];
  if (!Array.isArray(value)) return [[value]];
  return value.length > 0 && value.every(Array.isArray) ? value : [value];
}
