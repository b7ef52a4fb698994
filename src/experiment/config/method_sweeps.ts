import { variantOf } from "../../explain/methods/check_options.ts";
import { findMethod } from "../../explain/methods/method_table.ts";
import { optionNames, optionsOf } from "../../explain/methods/option_order.ts";
import { PRESET_NAMES } from "../../explain/options/preset.ts";

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Returns a sweep for each method of a list: with the options that it has, and those that none of them has, which are
 * mistakes. A sweep of one method stays as it is.
 */
export function methodSweeps<T extends Mapping>(sweep: T): T[] {
  const { method } = sweep;
  if (!Array.isArray(method)) return [sweep];
  const names = [...new Set(method)];
  const preset = PRESET_NAMES.find((one) => one === sweep.preset);
  const has = names.map((one) => {
    const found = findMethod(one);
    return new Set(found === undefined ? [] : Object.keys(optionsOf(variantOf(found, preset))));
  });
  const options = new Set(optionNames());
  return names.map((one, i) => {
    const own = Object.entries(sweep)
      .filter(([key]) => !options.has(key) || has[i].has(key) || !has.some((others) => others.has(key)));
    return { ...Object.fromEntries(own), method: one } as unknown as T;
  });
}
